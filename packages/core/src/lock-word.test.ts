import { expect, test } from 'vitest'
import { isTokenOf, LockTaker, LockWord } from './lock-word.ts'

const newWord = (): LockWord => new LockWord(new Int32Array(new SharedArrayBuffer(4)), 0)

test('one takes it, and gives it back without a word', () => {
  const word = newWord()
  const [one, other] = [new LockTaker(0), new LockTaker(1)]
  const token = one.token()
  expect(word.take(token)).toBe(true)
  expect(word.take(other.token())).toBe(false)
  expect(word.isFree).toBe(false)
  expect(word.free(token)).toBe(true)
  expect(word.isFree).toBe(true)
})

test('the owner hears who has it, and is told when that one is done', () => {
  const word = newWord()
  const token = new LockTaker(3).token()
  word.take(token)
  expect(word.manage()).toBe(token)
  expect(word.manage()).toBe(token)
  expect(word.free(token)).toBe(false)
  word.regain()
  expect(word.manage()).toBe(undefined)
  expect(word.take(token)).toBe(false)
  word.open()
  expect(word.take(token)).toBe(true)
})

test('tokens say which thread took it, and leave the owner a bit', () => {
  const takers = [0, 1, 2].map((thread) => new LockTaker(thread))
  for (const [thread, taker] of takers.entries())
    for (let n = 0; n < 5000; n++) {
      const token = taker.token()
      expect([token & 1, ...[0, 1, 2].map((each) => isTokenOf(each, token))]).toEqual([
        0,
        ...[0, 1, 2].map((each) => each === thread),
      ])
    }
})
