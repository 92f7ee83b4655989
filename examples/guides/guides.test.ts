import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../run-program.ts'

const source = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')

const PROGRAMS = {
  channels:
    "barley,oats,rye,wheat 4\nundefined\ntrue true\nfalse\nflour of rye\nChannelNotEmptyError\nflour of spelt\n{ senders: [ 'main' ], receivers: [ 'mill' ] }\n1\nItemOrphanedError mill\n",
  stopping: "the reader has left\ntrue\nEmma\n[ 'Walden' ]\n",
  streams: "3000000\n3\n[ 'Emma', 'Walden' ]\nthe disk is full\n0\ntrue\n",
  lifetimes:
    "Emma\nReleasedError\nEmma\n[ 'Emma', 'Emma', 'Emma' ]\nclosed first,closed second,closed north,closed south,closed third\n9\nno one holds the connection any more\n",
  'whole-object':
    'Ada Dracula true place,books,since\ntrue true true\non EMMA\\n\n{"shelf":{"shelf":["Dracula","Emma"],"since":"1970-01-01T00:00:00.000Z"}}\ntrue false\nfalse\n2\ntrue\nclosed the shelf west\ntrue\nBen\nclosed the shelf south\n',
  'immutable-values':
    '[ 3, 6.75, 6.75 ]\n1\ntrue\nTypeError EUR\nvalue.lines[0].valid\ntrue\n3\n0.5\n',
  locks: '0\n30\n[ 3, 3 ]\ntrue\ntrue\n20\nexclusive\n20\n1 true\n',
  'shared-memory': '400\n2\nLockTimeoutError\n1\ntrue\nRangeError\n1,2,3,4\n7\n1,2,7,4\n',
  ownership:
    '[ undefined, false, [ \'balance\', \'history\' ] ]\n[ 105, { balance: 105 } ]\nundefined\narguments [ 0 ]\nproperty "balance" of Account was not written\nproperty "1" of Array was not written\ntrue\n0\n',
  'synchronous-calls':
    "[ 'Walden' ]\nEmma\nEmma\nEmma\nWouldBlockError\nbegun,free again,at north,begun,at south\nCallTimeoutError\nseen enough\nexit 3\nWouldBlockError\n",
}

for (const [name, stdout] of Object.entries(PROGRAMS)) {
  describe(`the guide ${name}.md`, () => {
    it('has no code but that of its program and of the library', async () => {
      const page = await source(`../../docs/guide/${name}.md`)
      const code =
        (await source(`./${name}.ts`)) +
        (await source('./library.ts')) +
        (await source('./bank.ts')) +
        (await source('./mill.ts')) +
        (await source('./mixer.ts')) +
        (await source('./archive.ts'))
      const samples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, sample]) => sample ?? '')

      expect(samples.length).toBeGreaterThan(2)
      for (const sample of samples) expect(code).toContain(sample)
    })

    it('has a program that does what its comments say, and ends by itself', async () => {
      const program = new URL(`./${name}.ts`, import.meta.url)
      expect(await runProgram(program)).toEqual({ stdout, stderr: '', code: 0 })
    })
  })
}
