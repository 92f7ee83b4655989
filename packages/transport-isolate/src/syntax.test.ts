import { expect, test } from 'vitest'
import { syntaxErrorOf } from './syntax.ts'

test('says where it is', () => {
  expect(syntaxErrorOf('1\n  b c', 'orders.js')?.message).toContain('orders.js:2:5')
  expect(syntaxErrorOf('1 + 1', 'orders.js')).toBeUndefined()
})

test('does not read what is very long, which no time limit would cover', () => {
  expect(syntaxErrorOf(`${';'.repeat(2 ** 18)} b c`, 'orders.js')).toBeUndefined()
})
