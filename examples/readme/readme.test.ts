import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { runProgram } from '../run-program.ts'

const program = new URL('./main.ts', import.meta.url)

it('is the code of the README, in ten lines', async () => {
  const code = await readFile(program, 'utf8')
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

  expect(code.trimEnd().split('\n')).toHaveLength(10)
  expect(readme).toContain(`\`\`\`ts\n${code}\`\`\`\n`)
})

it('does what its comments say, and ends by itself', async () => {
  expect(await runProgram(program)).toEqual({ stdout: '4 7\n', stderr: '', code: 0 })
})

const queues = new URL('./queues.ts', import.meta.url)

it('does what its second sample says', async () => {
  expect(await runProgram(queues)).toEqual({ stdout: '12 4.5,6,7.5\n', stderr: '', code: 0 })
})

it('has no other code than that, and that of a guide', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const guide =
    (await readFile(new URL('../guides/locks.ts', import.meta.url), 'utf8')) +
    (await readFile(queues, 'utf8'))
  const [, ...others] = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(
    ([, sample]) => sample ?? '',
  )

  expect(others.length).toBeGreaterThan(0)
  for (const sample of others) expect(guide).toContain(sample)
})
