import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../run-program.ts'

const program = new URL('./main.ts', import.meta.url)
const run = (...args: string[]) => runProgram(program, ...args)

describe('three contexts', () => {
  it('does its work, and ends by itself', async () => {
    const { stdout, stderr, code } = await run()

    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('Imported 135,233 of 135,233 cities.')
    expect(stdout).toContain('363 cities have a million people or more.')
    expect(stdout).toMatch(/│ China +│ Asia +│ +428 │ +371\.5 │ Shanghai +│ +6% │ +26 │/)
    expect(stdout).toMatch(/│ forever\.js │ FARHOLD_CALL_TIMEOUT │ [^\n]*"guest"[^\n]* 250 ms/)
    expect(stdout).toMatch(
      /│ escape\.js +│ NO_WAY_OUT +│ \d+ ways tried, and none leads to process/,
    )
    expect(stdout).toContain('6 * 7 = 42')
    for (const [context, what] of [
      ['main', 'start the worker'],
      ['database', 'import the cities'],
      ['guest', 'run report.js'],
      ['guest', 'run forever.js'],
      ['guest', 'run escape.js'],
    ]) {
      expect(stdout).toMatch(new RegExp(`│ ${context} +│ ${what} +│`))
    }
  })

  it('lets the guest read, and nothing else', async () => {
    const { stdout } = await run('--limit', '100')

    for (const sql of [
      'delete from city',
      'pragma query_only = 0',
      'attach database',
      'with recursive',
    ]) {
      expect(stdout).toMatch(new RegExp(`│ ${sql}[^│]*│ Error: not authorized +│`))
    }
    expect(stdout).not.toMatch(/file:|node:internal|\/examples\//)
  })

  it('imports and shows as much as it is asked to', async () => {
    const { stdout, code } = await run('--limit', '500', '--top=1')

    expect(code).toBe(0)
    expect(stdout).toContain('Imported 500 of 500 cities.')
    expect(stdout).toContain('│ China ')
    expect(stdout).not.toContain('│ India ')
  })

  it('helps', async () => {
    const { stdout, stderr, code } = await run('--help')

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toContain('Usage: npm run demo')
    for (const option of ['--limit', '--top', '--help']) expect(stdout).toContain(option)
  })

  it.each([
    [['--frobnicate'], '--frobnicate'],
    [['--limit', 'many'], "'many'"],
    [['--top', '0'], "'0'"],
    [['--top'], '--top'],
    [['cities'], 'cities'],
  ])('says what is wrong with %j', async (args, named) => {
    const { stdout, stderr, code } = await run(...args)

    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
    expect(stderr).toContain(named)
    expect(stderr).not.toContain('    at ')
  })
})

describe('escape.js', () => {
  it('would notice if it got out', async () => {
    const code = await readFile(new URL('./guest/escape.js', import.meta.url), 'utf8')
    const query = async () => [{ one: 1 }]

    // A vm context is no sandbox: the function, its promise and its rows are all of this heap.
    const reached = (await runInNewContext(code, { query })) as string[]

    for (const way of ['query.constructor', 'the promise', 'the rows']) {
      expect(reached).toContain(`${way}: process ${process.pid}`)
    }
  })
})
