import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CallTimeoutError } from '@farhold/core'
import { format } from 'prettier'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runProgram } from '../run-program.ts'
import { formatSync } from './format-sync.ts'
import { checkFormat } from './rule.ts'

const program = new URL('./main.ts', import.meta.url)
const run = (...args: string[]) => runProgram(program, ...args)

/** More than any parser reads in a millisecond. */
const LONG = 'export const  a = {b:1};\n'.repeat(1_000)

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prettier-sync-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source)
  return folder
}

function errorOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return expect.unreachable('it should have thrown')
}

describe('formatSync', () => {
  it('gives what Prettier gives where it is awaited', async () => {
    for (const name of ['./main.ts', './README.md', '../../biome.json']) {
      const filepath = new URL(name, import.meta.url).pathname
      const source = await readFile(filepath, 'utf8')
      const options = {
        filepath,
        semi: true,
        printWidth: 40,
        tabWidth: 8,
        proseWrap: 'always',
      } as const

      const formatted: string = formatSync(source, options)
      expect(formatted).toBe(await format(source, options))
      expect(formatted).not.toBe(source)
    }
  })

  it('throws what Prettier rejects with', async () => {
    const source = 'const a = {{\n'
    const options = { parser: 'typescript' } as const
    const there = errorOf(() => formatSync(source, options)) as Error
    const here = (await format(source, options).then(undefined, (error) => error)) as Error

    expect(there).toBeInstanceOf(SyntaxError)
    expect(there.name).toBe('SyntaxError')
    expect(there.message).toBe(here.message)
    expect(there).toHaveProperty('codeFrame', expect.stringContaining('> 1 | const a = {{'))
    expect(there).toMatchObject({ ...here, cause: { message: 'Property assignment expected.' } })
    expect(there.stack).toContain('[context "prettier", format]')
    expect(there.stack).toContain('format-sync.ts')
  })

  it('waits no longer than it may, and works afterwards', () => {
    const error = errorOf(() => formatSync(LONG, { parser: 'babel' }, 1))

    expect(error).toBeInstanceOf(CallTimeoutError)
    expect(error).toMatchObject({ milliseconds: 1 })
    expect(formatSync('a  =  1', { parser: 'babel' })).toBe('a = 1;\n')
  })
})

describe('checkFormat', () => {
  const options = { filepath: 'some.ts', semi: false }

  it.each([
    ['const a = 1\n', undefined],
    ['const a = 1\nconst b=2\n', { kind: 'would change', line: 2 }],
    ['const a = 1', { kind: 'would change', line: 2, message: 'expected ""' }],
    ['const a = 1\n\n', { kind: 'would change', line: 3 }],
    ['const a = 1\n}', { kind: 'cannot be parsed', line: 2 }],
  ])('reports what is wrong with %j', (source, finding) => {
    const found = checkFormat(source, options)
    if (finding === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(finding)
  })

  it('leaves errors that are not of the source to its caller', () => {
    const error = errorOf(() => checkFormat('a', { filepath: 'some.unknown' }))
    expect(error).toHaveProperty('name', 'UndefinedParserError')
  })
})

describe('the program', () => {
  it('finds nothing in files that are formatted, and ends by itself', async () => {
    const { stdout, stderr, code } = await run()

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toMatch(/^Checked \d\d files in \d+ ms: 0 to look at\.\n$/)
  })

  it('says what is wrong with which file', async () => {
    const folder = await folderOf({
      'right.css': 'a {\n  color: red;\n}\n',
      'wrong.css': 'a {\n  color:red;\n}\n',
      'broken.ts': 'const a = {{\n',
      'ignored.txt': 'nothing',
    })
    const { stdout, stderr, code } = await run(folder)

    expect({ stderr, code }).toEqual({ stderr: '', code: 1 })
    expect(stdout).toMatch(/broken\.ts:1 cannot be parsed: Property assignment expected\. \(1:12\)/)
    expect(stdout).toContain('> 1 | const a = {{\n    |            ^\n')
    expect(stdout).toMatch(/wrong\.css:2 would change: expected " {2}color: red;"/)
    expect(stdout).not.toContain('right.css')
    expect(stdout).toMatch(/Checked 3 files in \d+ ms: 2 to look at\.\n$/)
  })

  it('gives up on what takes too long, and does not wait for it in the end', async () => {
    const folder = await folderOf({ 'long.ts': LONG })
    const { stdout, stderr, code } = await run('--timeout', '1', folder)

    expect({ stderr, code }).toEqual({ stderr: '', code: 1 })
    expect(stdout).toMatch(/long\.ts:1 took too long: over 1 ms\n/)
  })

  it.each([
    [['--timeout', 'soon'], "'soon'"],
    [['no-such-folder'], 'no-such-folder'],
    [['--frobnicate'], '--frobnicate'],
  ])('says what is wrong with %j', async (args, named) => {
    const { stdout, stderr, code } = await run(...args)

    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
    expect(stderr).toContain(named)
    expect(stderr).not.toContain('    at ')
  })
})
