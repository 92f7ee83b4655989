/**
 * What the processes of contained isolates have, how long they live, and what they leave behind: nothing.
 */
import { spawn as spawnProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { spawnIsolate } from '@farhold/transport-isolate'
import { expect, test } from 'vitest'
import { runProgram } from '../../child-process.ts'
import { commandOf, containedHere, isRunning } from './processes.ts'

const PROCESSES = JSON.stringify(new URL('./processes.ts', import.meta.url).href)

test('has no variables, no directory of the host, and no terminal', async () => {
  const before = containedHere()
  await using _context = await spawnIsolate({ contain: 'process' })
  const [pid = 0] = containedHere().filter((child) => !before.includes(child))
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  // A shell says where it is.
  expect(environment.filter((variable) => variable !== 'PWD=/')).toEqual([])
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const [, , group, session, terminal] = stat.map(Number)
  expect({ group, session, terminal }).toEqual({ group: pid, session: pid, terminal: 0 })
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
  expect(limits).toMatch(/Max data size +\d+/)
  expect(limits).toMatch(/Max core file size +0 /)
})

test('may read where its packages are, and do nothing else', async () => {
  const before = containedHere()
  await using _context = await spawnIsolate({ contain: 'process' })
  const [pid = 0] = containedHere().filter((child) => !before.includes(child))
  const [node = '', ...words] = commandOf(pid)
  const flags = words.filter((word) => word.startsWith('--'))
  const probe = `
    const attempts = {
      read: () => require('node:fs').readFileSync('/etc/passwd'),
      write: () => require('node:fs').writeFileSync('/tmp/farhold-probe', ''),
      list: () => require('node:fs').readdirSync('/'),
      process: () => require('node:child_process').spawnSync('true'),
      thread: () => new (require('node:worker_threads').Worker)('', { eval: true }),
    }
    const outcomes = Object.entries(attempts).map(([name, attempt]) => {
      try { attempt(); return name } catch (error) { return error.code }
    })
    process.stdout.write(JSON.stringify(outcomes))`
  const probing = spawnProcess(node, [...flags, '--eval', probe], { cwd: '/', env: {} })
  let output = ''
  for await (const text of probing.stdout.setEncoding('utf8')) output += text
  expect(JSON.parse(output)).toEqual(Array(5).fill('ERR_ACCESS_DENIED'))
})

test('twenty that were closed leave no process, no thread, no file and no handle', async () => {
  const ended = await runProgram(
    `
    import { readdirSync } from 'node:fs'
    import { spawnIsolate } from '@farhold/transport-isolate'
    import { containedHere } from ${PROCESSES}
    const count = () => ({
      processes: containedHere().length,
      threads: readdirSync('/proc/self/task').length,
      files: readdirSync('/proc/self/fd').length,
      handles: process.getActiveResourcesInfo(),
    })
    const use = async () => {
      const context = await spawnIsolate({ contain: 'process' })
      await context.eval('1 + 1')
      context.evalSync('1 + 1')
      await context.close()
    }
    await use()
    const before = count()
    for (let round = 0; round < 5; round++) await Promise.all([use(), use(), use(), use()])
    console.log(JSON.stringify([before, count()]))`,
    { limit: 30_000 },
  )
  expect(ended).toMatchObject({ code: 0, signal: null })
  const [before, after] = JSON.parse(ended.output) as [object, object]
  expect(after).toEqual(before)
  expect(before).toMatchObject({ processes: 0 })
}, 30_000)

test.each([
  ['idle', '1'],
  ['in a native loop', '(3n ** 10_000_000n) ** 50n'],
  ['in a loop', 'for (;;);'],
])('ends with a host that is killed, %s', async (_what, code) => {
  const ended = await runProgram(`
    import { spawnIsolate } from '@farhold/transport-isolate'
    import { containedHere } from ${PROCESSES}
    const context = await spawnIsolate({ contain: 'process', globals: { begin: () => begun.resolve() } })
    const begun = Promise.withResolvers()
    context.eval(${JSON.stringify(`begin(); ${code}`)}).catch(() => undefined)
    await begun.promise
    console.log(containedHere().join())
    process.kill(process.pid, 'SIGKILL')`)
  expect(ended.signal).toBe('SIGKILL')
  const pid = Number(ended.output)
  expect(pid).toBeGreaterThan(0)
  // No one is told of the end of a process that is not its own child.
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
})

test.each([
  ['returns', ''],
  ['exits', 'process.exit(0)'],
  ['exits inside a function that the guest calls', "await context.eval('leave()')"],
  [
    'exits inside a function that the guest calls while the host is blocked',
    "context.evalSync('leave()')",
  ],
])('does not keep a host that %s', async (_how, last) => {
  const ended = await runProgram(`
    import { spawnIsolate } from '@farhold/transport-isolate'
    const context = await spawnIsolate({ contain: 'process', globals: { leave: () => process.exit(0) } })
    console.log(await context.eval('6 * 7'))
    ${last}`)
  expect(ended).toMatchObject({ code: 0, signal: null, output: '42' })
})

test('keeps a host that waits for it', async () => {
  const ended = await runProgram(`
    import { spawnIsolate } from '@farhold/transport-isolate'
    const context = await spawnIsolate({ contain: 'process' })
    const loop = 'const end = Date.now() + 50; while (Date.now() < end); "done"'
    context.eval(loop).then((said) => console.log(said))`)
  expect(ended).toMatchObject({ code: 0, output: 'done' })
})

test('a worker of the host can have them, and takes them along', async () => {
  const ended = await runProgram(`
    import { Worker } from 'node:worker_threads'
    import { containedHere } from ${PROCESSES}
    const worker = new Worker(\`
      import('@farhold/transport-isolate').then(async ({ spawnIsolate }) => {
        const context = await spawnIsolate({ contain: 'process' })
        require('node:worker_threads').parentPort.postMessage(context.evalSync('6 * 7'))
        context.eval('for (;;);')
      })\`, { eval: true })
    console.log(await new Promise((resolve) => worker.once('message', resolve)))
    const [pid] = containedHere()
    await worker.terminate()
    while (containedHere().includes(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
    console.log(pid > 0)`)
  expect(ended).toMatchObject({ code: 0, output: '42\ntrue' })
})
