import { expect, test } from 'vitest'
import { LeakWatch } from './leak-watch.ts'
import { limitsFrom, OPEN_LIMITS } from './limits.ts'

function watching(): { watch: LeakWatch; warnings: string[] } {
  const warnings: string[] = []
  const limits = limitsFrom(OPEN_LIMITS, { exports: 20 })
  return {
    watch: new LeakWatch(
      limits,
      () => 'db',
      (message) => warnings.push(message),
    ),
    warnings,
  }
}

const row = () => ({ label: 'Row', site: 'app.ts:12' })

test('a proxy that is left to the collector while many are held is worth one warning', () => {
  const { watch, warnings } = watching()
  watch.gaveBack(9, true)
  expect(warnings).toEqual([])
  watch.received(10, row)
  warnings.length = 0
  watch.gaveBack(10, false)
  expect(warnings).toEqual([])
  watch.gaveBack(10, true)
  watch.gaveBack(11, true)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('10 others are held')
  expect(warnings[0]).toContain('The last that came was Row, app.ts:12')
})

test('a table that shrank is looked at again when it is twice as large', () => {
  const { watch, warnings } = watching()
  watch.tookBack()
  watch.gave(10, row)
  watch.gave(19, row)
  expect(warnings).toEqual([])
  watch.gave(20, row)
  expect(warnings).toHaveLength(1)
  watch.gave(40, row)
  expect(warnings).toHaveLength(1)
})
