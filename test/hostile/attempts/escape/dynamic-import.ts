import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Imports a module of the host dynamically.',
  source: 'CVE-2023-39532',
  guest: `
    (async () => {
      const got = []
      for (const name of ['node:fs', 'fs', 'process', 'node:process', 'inspector/promises', '@farhold/core', 'farhold:inner', 'isolated-vm']) {
        try { const module = await import(name); got.push(name, climb(module, module.default, ...Object.values(module))) } catch (error) { got.push(climb(error)) }
      }
      try { ({ ...import('node:fs') }); await import('node:fs') } catch (error) { got.push(climb(error)) }
      return got.filter((one) => one !== 'nothing')
    })()`,
  enter: ['eval', 'wait'],
} satisfies Attempt
