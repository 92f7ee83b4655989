/** Wrong options to every public function: a TypeError that names the option and says what was expected. */
import { MessageChannel } from 'node:worker_threads'
import {
  connect,
  contextOf,
  expose,
  loopback,
  proxy,
  RemoteReflect,
  registerClass,
  registerCustom,
  release,
  remote,
  scope,
  snapshot,
  sync,
  transfer,
  withOptions,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { expose as exposeInWorker, spawnWorker, workerTransport } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

/** What the types forbid. */
type Wrong = never

interface Row {
  readonly name: string
  readonly run: () => unknown
  readonly message: RegExp | string
}

const option = (name: string, expected: string): RegExp =>
  new RegExp(`^option "${name.replace(/[.[\]]/g, '\\$&')}" must be ${expected}.*, not `)

const session = (options: object) => () => connect(loopback()[0], options as Wrong)
const worker = (options: unknown) => () => spawnWorker('data:text/javascript,', options as Wrong)
const isolate = (options: unknown) => () => spawnIsolate(options as Wrong)

/** A Remote of a session that no one answers. */
const aRemote = (): object => connect<object>(loopback()[0]).remote as object

const rows: Record<string, Row[]> = {
  'connect and expose': [
    {
      name: 'no transport',
      run: () => connect(undefined as Wrong),
      message: option('transport', 'an object with the method open\\(\\)'),
    },
    {
      name: 'half a transport',
      run: () => connect({ open() {}, post() {} } as Wrong),
      message: option('transport', 'an object with the method close\\(\\)'),
    },
    {
      name: 'a codec',
      run: () => connect({ open() {}, post() {}, close() {}, codec: 'xml' } as Wrong),
      message: option('transport.codec', "'structured' or 'text'"),
    },
    {
      name: 'no root',
      run: () => expose(undefined as Wrong, loopback()[0]),
      message: 'expose() takes an object, a function or a class as its root',
    },
    {
      name: 'a primitive root',
      run: () => expose(5 as Wrong, loopback()[0]),
      message: 'expose() takes an object, a function or a class as its root',
    },
    {
      name: 'options',
      run: () => connect(loopback()[0], 5 as Wrong),
      message: option('options', 'an object'),
    },
    {
      name: 'null options',
      run: () => expose({}, loopback()[0], null as Wrong),
      message: option('options', 'an object'),
    },
    { name: 'name', run: session({ name: 5 }), message: option('name', 'a string') },
    { name: 'peerName', run: session({ peerName: {} }), message: option('peerName', 'a string') },
    {
      name: 'limits',
      run: session({ limits: 5 }),
      message: option('limits', 'an object of limits'),
    },
    {
      name: 'an unknown limit',
      run: session({ limits: { size: 1 } }),
      message: option('limits.size', 'one of messageSize, '),
    },
    {
      name: 'a limit of 0',
      run: session({ limits: { depth: 0 } }),
      message: option('limits.depth', 'a positive whole number'),
    },
    {
      name: 'a limit in words',
      run: session({ limits: { depth: '9' } }),
      message: option('limits.depth', 'a positive whole number'),
    },
    {
      name: 'writes',
      run: session({ writes: 'all' }),
      message: option('writes', "'open', 'protected' or 'none'"),
    },
    {
      name: 'only',
      run: () => expose({ a: 1 }, loopback()[0], { only: 'a' as Wrong }),
      message: option('only', 'a list of names'),
    },
    {
      name: 'schema',
      run: () => expose({ a: 1 }, loopback()[0], { schema: { a: {} } as Wrong }),
      message: option('schema', 'about methods that peers have of Object'),
    },
    {
      name: 'policy',
      run: session({ policy: () => true }),
      message: option('policy', 'an object with allow or distort'),
    },
    {
      name: 'policy.allow',
      run: session({ policy: { allow: true } }),
      message: option('policy.allow', 'a function'),
    },
    {
      name: 'policy.distort',
      run: session({ policy: { distort: {} } }),
      message: option('policy.distort', 'a function'),
    },
    {
      name: 'sharedMemory',
      run: session({ sharedMemory: 1 }),
      message: option('sharedMemory', 'true or false'),
    },
    {
      name: 'exposeStacks',
      run: session({ exposeStacks: 'no' }),
      message: option('exposeStacks', 'true or false'),
    },
    { name: 'onError', run: session({ onError: 'log' }), message: option('onError', 'a function') },
    ...[0, -1, Number.NaN, '5s', 2 ** 31].map((timeout) => ({
      name: `timeout, ${String(timeout)}`,
      run: session({ timeout }),
      message: option('timeout', 'a positive number of milliseconds below 2\\^31, or Infinity'),
    })),
    ...[0, -1, 1.5, Infinity, '16'].map((prefetch) => ({
      name: `prefetch, ${String(prefetch)}`,
      run: session({ prefetch }),
      message: option('prefetch', 'a positive whole number of items'),
    })),
  ],
  withOptions: [
    {
      name: 'proxy',
      run: () => withOptions({}, {}),
      message: 'withOptions() takes a proxy of another context',
    },
    {
      name: 'proxy, a primitive',
      run: () => withOptions(5 as Wrong, {}),
      message: 'withOptions() takes a proxy of another context',
    },
    ...[undefined, null, 5].map((options) => ({
      name: `options, ${String(options)}`,
      run: () => withOptions(aRemote(), options as Wrong),
      message: option('options', 'an object'),
    })),
    ...[null, 5, {}, new AbortController()].map((signal) => ({
      name: `signal, ${String(signal)}`,
      run: () => withOptions(aRemote(), { signal: signal as Wrong }),
      message: option('signal', 'an AbortSignal'),
    })),
    ...[0, -1, Number.NaN, '5s', null, 2 ** 31].map((timeout) => ({
      name: `timeout, ${String(timeout)}`,
      run: () => withOptions(aRemote(), { timeout: timeout as Wrong }),
      message: option('timeout', 'a positive number of milliseconds below 2\\^31, or Infinity'),
    })),
    ...[0, 1.5, Infinity, '16', null].map((prefetch) => ({
      name: `prefetch, ${String(prefetch)}`,
      run: () => withOptions(aRemote(), { prefetch: prefetch as Wrong }),
      message: option('prefetch', 'a positive whole number of items'),
    })),
  ],
  scope: [
    {
      name: 'function',
      run: () => scope(Promise.resolve(1) as Wrong),
      message: 'scope() takes a function',
    },
    { name: 'nothing', run: () => scope(undefined as Wrong), message: 'scope() takes a function' },
  ],
  'closing a session': [
    {
      name: 'options',
      run: () => connect(loopback()[0]).close(null as Wrong),
      message: option('options', 'an object'),
    },
    {
      name: 'drain',
      run: () => connect(loopback()[0]).close({ drain: 1 as Wrong }),
      message: option('drain', 'true or false'),
    },
    ...[0, -1, Number.NaN, '5s'].map((timeout) => ({
      name: `timeout, ${String(timeout)}`,
      run: () => connect(loopback()[0]).close({ drain: true, timeout: timeout as Wrong }),
      message: option('timeout', 'a positive number of milliseconds'),
    })),
  ],
  loopback: [
    { name: 'options', run: () => loopback(5 as Wrong), message: option('options', 'an object') },
    {
      name: 'codec',
      run: () => loopback({ codec: 'xml' as Wrong }),
      message: option('codec', "'structured' or 'text'"),
    },
  ],
  marks: [
    {
      name: 'options of proxy',
      run: () => proxy({}, null as Wrong),
      message: option('options', 'an object'),
    },
    {
      name: 'proxy of a primitive',
      run: () => proxy(5 as Wrong),
      message: /^proxy\(\) takes an object or a function/,
    },
    {
      name: 'proxy of null',
      run: () => proxy(null as Wrong),
      message: /^proxy\(\) takes an object or a function/,
    },
    {
      name: 'released',
      run: () => proxy({}, { released: 5 as Wrong }),
      message: option('released', 'a function'),
    },
    {
      name: 'only',
      run: () => proxy({ a: 1 }, { only: 'a' as Wrong }),
      message: option('only', 'a list of names'),
    },
    {
      name: 'only, of what is no name',
      run: () => proxy({ a: 1 }, { only: [{}] as Wrong }),
      message: option('only', 'a list of names'),
    },
    {
      name: 'only, of a name that no peer has',
      run: () => proxy({ a: 1 }, { only: ['constructor'] as Wrong }),
      message: 'option "only" must be names that peers may have, not "constructor"',
    },
    {
      name: 'methods',
      run: () => proxy({ a: () => 1 }, { methods: {} as Wrong }),
      message: option('methods', 'a list of names'),
    },
    {
      name: 'methods that only leaves out',
      run: () => proxy({ a: 1, b: () => 1 }, { only: ['a'], methods: ['b'] }),
      message: 'option "methods" must be names that are in "only", not "b"',
    },
    {
      name: 'schema',
      run: () => proxy({ a: () => 1 }, { schema: 5 as Wrong }),
      message: option('schema', 'an object of method names and validators'),
    },
    {
      name: 'a schema of what is not there',
      run: () => proxy({ a: () => 1 }, { schema: { b: {} } as Wrong }),
      message: 'option "schema" must be about methods that peers have of Object, not "b"',
    },
    {
      name: 'a schema of what is no method',
      run: () => proxy({ a: 1 }, { schema: { a: {} } as Wrong }),
      message: 'option "schema" must be about methods that peers have of Object, not "a"',
    },
    {
      name: 'a schema of what is left out',
      run: () => proxy({ a: 1, b: () => 1 }, { only: ['a'], schema: { b: {} } }),
      message: 'option "schema" must be about methods that peers have of Object, not "b"',
    },
    {
      name: 'a schema of one method',
      run: () => proxy({ a: () => 1 }, { schema: { a: 5 } as Wrong }),
      message: option('schema.a', 'an object of args and result'),
    },
    {
      name: 'args',
      run: () => proxy({ a: () => 1 }, { schema: { a: { args: 5 } } as Wrong }),
      message: option('schema.a.args', 'a Standard Schema validator, or a list of them'),
    },
    {
      name: 'args, one of them',
      run: () => proxy({ a: () => 1 }, { schema: { a: { args: [Number] } } as Wrong }),
      message: option('schema.a.args[0]', 'a Standard Schema validator'),
    },
    {
      name: 'args, of another version',
      run: () =>
        proxy(() => 1, {
          schema: { args: { '~standard': { version: 2, validate: () => 1 } } } as Wrong,
        }),
      message: option('schema.args', 'a Standard Schema validator'),
    },
    {
      name: 'result',
      run: () => proxy({ a: () => 1 }, { schema: { a: { result: [] } } as Wrong }),
      message: option('schema.a.result', 'a Standard Schema validator'),
    },
    {
      name: 'transfer of a primitive',
      run: () => transfer(5 as Wrong, []),
      message: /^transfer\(\) takes the value/,
    },
    {
      name: 'transferables',
      run: () => transfer({}, {} as Wrong),
      message: option('transferables', 'a list of objects'),
    },
    {
      name: 'a transferable',
      run: () => transfer({}, [5 as Wrong]),
      message: option('transferables', 'a list of objects'),
    },
  ],
  registry: [
    {
      name: 'an object for a class',
      run: () => registerClass({} as Wrong),
      message: option('Class', 'a class'),
    },
    {
      name: 'an arrow for a class',
      run: () => registerClass((() => 1) as Wrong),
      message: option('Class', 'a class'),
    },
    {
      name: 'no transformer',
      run: () => registerCustom(undefined as Wrong, 'x'),
      message: option('transformer.isApplicable', 'a function'),
    },
    {
      name: 'half a transformer',
      run: () => registerCustom({ isApplicable: () => true, serialize: String } as Wrong, 'x'),
      message: option('transformer.deserialize', 'a function'),
    },
    {
      name: 'no name',
      run: () =>
        registerCustom(
          { isApplicable: () => true, serialize: String, deserialize: String } as Wrong,
          '',
        ),
      message: option('name', 'a name that is not empty'),
    },
  ],
  'what takes a proxy': [
    {
      name: 'sync',
      run: () => sync({} as Wrong),
      message: 'sync() takes a proxy of another context',
    },
    {
      name: 'remote',
      run: () => remote({} as Wrong),
      message: 'remote() takes a proxy of another context',
    },
    {
      name: 'remote of a primitive',
      run: () => remote(5 as Wrong),
      message: 'remote() takes a proxy of another context',
    },
    {
      name: 'snapshot',
      run: () => snapshot({} as Wrong),
      message: 'snapshot() takes a proxy of another context',
    },
    {
      name: 'release',
      run: () => release({} as Wrong),
      message: 'release() takes a proxy of another context',
    },
    {
      name: 'release of nothing',
      run: () => release(undefined as Wrong),
      message: 'release() takes a proxy of another context',
    },
    {
      name: 'contextOf',
      run: () => contextOf({}),
      message: 'contextOf() takes a proxy of another context',
    },
    {
      name: 'RemoteReflect',
      run: () => RemoteReflect.get({}, 'a'),
      message: 'RemoteReflect takes a Remote, as Reflect takes an object',
    },
  ],
  workerTransport: [
    {
      name: 'nothing',
      run: () => workerTransport(undefined as Wrong),
      message: option('endpoint', 'a worker or a MessagePort'),
    },
    {
      name: 'what cannot listen',
      run: () => workerTransport({ postMessage() {} }),
      message: option('endpoint', 'something that messages can be heard from'),
    },
    {
      name: 'keepAlive',
      run: () => workerTransport(new MessageChannel().port1, { keepAlive: 1 as Wrong }),
      message: option('keepAlive', 'true or false'),
    },
    {
      name: 'options',
      run: () => workerTransport(new MessageChannel().port1, null as Wrong),
      message: option('options', 'an object'),
    },
    {
      name: 'expose outside of a worker',
      run: () => exposeInWorker({}),
      message: /^expose\(root\) is for code inside a worker/,
    },
  ],
  spawnWorker: [
    {
      name: 'no module',
      run: () => spawnWorker(undefined as Wrong),
      message: option('module', 'a URL or an absolute path'),
    },
    {
      name: 'a relative path',
      run: () => spawnWorker('./module.ts'),
      message: option('module', 'a URL or an absolute path'),
    },
    { name: 'options', run: worker(5), message: option('options', 'an object') },
    { name: 'null options', run: worker(null), message: option('options', 'an object') },
    {
      name: 'policy',
      run: worker({ policy: { allow: 1 } }),
      message: option('policy.allow', 'a function'),
    },
    { name: 'name', run: worker({ name: 5 }), message: option('name', 'a name that is not empty') },
    {
      name: 'an empty name',
      run: worker({ name: '' }),
      message: option('name', 'a name that is not empty'),
    },
    {
      name: 'timeout',
      run: worker({ timeout: '5s' }),
      message: option('timeout', 'a positive number of milliseconds'),
    },
    {
      name: 'a timeout of 0',
      run: worker({ timeout: 0 }),
      message: option('timeout', 'a positive number of milliseconds'),
    },
    {
      name: 'globals',
      run: worker({ globals: 5 }),
      message: option('globals', 'an object of names and values'),
    },
    {
      name: 'modules',
      run: worker({ modules: 'a' }),
      message: option('modules', 'an object of specifiers and sources'),
    },
    {
      name: 'a module',
      run: worker({ modules: { a: 5 } }),
      message: option('modules["a"]', 'the source of a module'),
    },
    {
      name: 'onError',
      run: worker({ onError: 'log' }),
      message: option('onError', 'a function'),
    },
    {
      name: 'limits',
      run: worker({ limits: { depth: -1 } }),
      message: option('limits.depth', 'a positive whole number'),
    },
  ],
  spawnIsolate: [
    { name: 'options', run: isolate(5), message: option('options', 'an object') },
    { name: 'null options', run: isolate(null), message: option('options', 'an object') },
    { name: 'name', run: isolate({ name: 5 }), message: option('name', 'a string') },
    { name: 'source', run: isolate({ source: 5 }), message: option('source', 'a string') },
    { name: 'filename', run: isolate({ filename: 5 }), message: option('filename', 'a string') },
    { name: 'module', run: isolate({ module: 5 }), message: option('module', 'a URL or a path') },
    {
      name: 'module and source',
      run: isolate({ module: '/a.js', source: '' }),
      message: option('module', 'left out when "source" is given'),
    },
    {
      name: 'memoryLimit in words',
      run: isolate({ memoryLimit: '64' }),
      message: option('memoryLimit', 'a whole number of megabytes, at least 8'),
    },
    {
      name: 'memoryLimit too small',
      run: isolate({ memoryLimit: 4 }),
      message: option('memoryLimit', 'a whole number of megabytes, at least 8'),
    },
    {
      name: 'timeout',
      run: isolate({ timeout: 1.5 }),
      message: option('timeout', 'a positive whole number of milliseconds'),
    },
    {
      name: 'wallTimeout',
      run: isolate({ wallTimeout: -1 }),
      message: option('wallTimeout', 'a positive whole number of milliseconds'),
    },
    { name: 'console', run: isolate({ console: {} }), message: option('console', 'a function') },
    { name: 'resolve', run: isolate({ resolve: 'npm' }), message: option('resolve', 'a function') },
    { name: 'onError', run: isolate({ onError: 5 }), message: option('onError', 'a function') },
    { name: 'globals', run: isolate({ globals: 5 }), message: option('globals', 'an object') },
    { name: 'modules', run: isolate({ modules: 5 }), message: option('modules', 'an object') },
    {
      name: 'a module',
      run: isolate({ source: 'import "a"', modules: { a: 5 } }),
      message: option('modules["a"]', 'the source of a module, or an object'),
    },
    {
      name: 'limits',
      run: isolate({ limits: { exports: 0 } }),
      message: option('limits.exports', 'a positive whole number'),
    },
    {
      name: 'policy',
      run: isolate({ policy: 5 }),
      message: option('policy', 'an object with allow or distort'),
    },
    {
      name: 'writes',
      run: isolate({ writes: 'all' }),
      message: option('writes', "'open', 'protected' or 'none'"),
    },
    {
      name: 'redactStacks',
      run: isolate({ redactStacks: 1 }),
      message: option('redactStacks', 'true or false'),
    },
    {
      name: 'webAssembly',
      run: isolate({ webAssembly: 1 }),
      message: option('webAssembly', 'true or false'),
    },
    {
      name: 'sharedMemory',
      run: isolate({ sharedMemory: 1 }),
      message: option('sharedMemory', 'true or false'),
    },
  ],
}

for (const [name, group] of Object.entries(rows)) {
  describe(name, () => {
    for (const { name: wrong, run, message } of group) {
      test(`refuses a wrong ${wrong}`, async () => {
        const error = await failureOf((async () => run())())
        expect(error).toBeInstanceOf(TypeError)
        if (typeof message === 'string') expect((error as Error).message).toBe(message)
        else expect((error as Error).message).toMatch(message)
      })
    }
  })
}

describe('a context', () => {
  test('refuses wrong arguments of each of its methods', async () => {
    await using sandbox = await spawnIsolate()
    const wrong: [() => unknown, RegExp][] = [
      [() => sandbox.eval(5 as Wrong), option('code', 'a string of JavaScript')],
      [() => sandbox.evalSync(undefined as Wrong), option('code', 'a string of JavaScript')],
      [() => sandbox.eval('1', { filename: 5 as Wrong }), option('filename', 'a file name')],
      [() => sandbox.eval('1', { filename: 'a\nb' }), option('filename', 'a file name')],
      [() => sandbox.eval('1', null as Wrong), option('options', 'an object')],
      [() => sandbox.call(5 as Wrong), option('fn', 'a function or its source')],
      [() => sandbox.callSync(undefined as Wrong), option('fn', 'a function or its source')],
      [() => sandbox.import(5 as Wrong), option('specifier', 'a module specifier')],
      [() => sandbox.import(''), option('specifier', 'a module specifier')],
      [() => sandbox.bind(5 as Wrong), option('globals', 'an object of names and values')],
      [() => sandbox.close({ drain: 'yes' as Wrong }), option('drain', 'true or false')],
      [
        () => sandbox.close({ timeout: -1 }),
        option('timeout', 'a positive number of milliseconds'),
      ],
      [() => sandbox.close(5 as Wrong), option('options', 'an object')],
    ]
    for (const [run, message] of wrong) {
      const error = await failureOf((async () => run())())
      expect(error, String(run)).toBeInstanceOf(TypeError)
      expect((error as Error).message).toMatch(message)
    }
    // None of it changed anything.
    expect(sandbox.evalSync('1 + 1')).toBe(2)
  })
})
