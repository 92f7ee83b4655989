import { expect, test } from 'vitest'
import { isTokenOf, LockTaker, LockWord } from './lock-word.ts'

const newWord = (): LockWord => new LockWord(new Int32Array(new SharedArrayBuffer(4)), 0)

test('one takes it, and gives it back without a word', () => {
  const word = newWord()
  const [one, other] = [new LockTaker(0), new LockTaker(1)]
  const token = one.take(word)
  expect(token).not.toBe(0)
  expect(other.take(word)).toBe(0)
  expect(word.isFree).toBe(false)
  expect(word.free(token)).toBe(true)
  expect(word.isFree).toBe(true)
})

test('the owner hears who has it, and is told when that one is done', () => {
  const word = newWord()
  const taker = new LockTaker(3)
  const token = taker.take(word)
  expect(word.manage()).toBe(token)
  expect(word.manage()).toBe(token)
  expect(word.free(token)).toBe(false)
  word.regain()
  expect(word.manage()).toBe(undefined)
  expect(taker.take(word)).toBe(0)
  word.open()
  expect(taker.take(word)).not.toBe(token)
})

test('tokens say which thread took it, leave the owner a bit, and are not given twice while one is in use', () => {
  for (const thread of [0, 1, 2]) {
    const taker = new LockTaker(thread)
    const kept = taker.take(newWord())
    for (let n = 0; n < 10_000; n++) {
      const word = newWord()
      const token = taker.take(word)
      expect(token).not.toBe(kept)
      expect([token & 1, ...[0, 1, 2].map((each) => isTokenOf(each, token))]).toEqual([
        0,
        ...[0, 1, 2].map((each) => each === thread),
      ])
      word.free(token)
      taker.done(token)
    }
  }
})
