import { spawnIsolate } from '@farhold/transport-isolate'
import { describe, expect, test } from 'vitest'

/** Everything a guest can see, by walking from its globals through prototypes, descriptors and accessors. */
const WALK = `
  const seen = new Set(), found = [];
  const visit = (value, path) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
    seen.add(value);
    let keys;
    try { keys = Reflect.ownKeys(value) } catch { return }
    for (const key of keys) {
      const name = String(key);
      if (/farhold|ivm|isolated|applySync|copyInto|derefInto/i.test(name)) found.push(path + '.' + name);
      const d = Reflect.getOwnPropertyDescriptor(value, key);
      if (d && 'value' in d) visit(d.value, path + '.' + name);
      else if (d) { visit(d.get, path + '.get ' + name); visit(d.set, path + '.set ' + name) }
    }
    visit(Reflect.getPrototypeOf(value), path + '.__proto__');
  };
  visit(globalThis, 'globalThis');
  ({ found, many: seen.size > 500 })`

/**
 * A spy in every built-in that a runtime could call or look into on its way: each sees its receiver and arguments, and notes
 * what has the marks of a handle of the host.
 */
const SPY = `
  globalThis.handles = []
  const { apply, ownKeys, getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Reflect
  const marks = ['applySyncPromise', 'applySync', 'derefInto', 'copyInto', 'createContext']
  globalThis.look = (value, where) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
    try { for (const mark of marks) if (mark in value) handles[handles.length] = where + ' ' + mark } catch {}
    return value
  }
  const spies = new Set()
  const spyOn = (object, name) => {
    for (const key of ownKeys(object)) {
      if (key === 'constructor' || typeof key === 'symbol') continue
      const { value, writable } = getOwnPropertyDescriptor(object, key)
      if (typeof value !== 'function' || !writable || spies.has(value)) continue
      const spy = function (...args) {
        look(this, name + '.' + key)
        for (let i = 0; i < args.length; i++) {
          look(args[i], name + '.' + key)
          if (typeof args[i] === 'object' && args[i] !== null) for (let j = 0; j < 4; j++) look(args[i][j], name + '.' + key)
        }
        return apply(value, this, args)
      }
      spies.add(spy)
      object[key] = spy
    }
  }
  for (const name of ['Promise', 'Function', 'Date', 'Map', 'Set', 'WeakMap', 'WeakRef', 'String', 'Number', 'Array', 'Object', 'Error', 'ArrayBuffer']) {
    spyOn(globalThis[name].prototype, name + '.prototype')
    spyOn(globalThis[name], name)
  }
  spyOn(Reflect, 'Reflect'); spyOn(JSON, 'JSON'); spyOn(Math, 'Math')
  const kept = new WeakMap()
  for (const key of ['then', 'timeout', 'arguments', 'result', 'copy', 'reference', 'externalCopy', 'promise', 'release', 'transferIn']) {
    defineProperty(Object.prototype, key, {
      configurable: true,
      get() { look(this, 'get ' + key); return undefined },
      set(value) { look(this, 'set ' + key); look(value, 'set ' + key); defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true }) },
    })
  }
  for (const key of [0, 1, 2, 3]) {
    defineProperty(Array.prototype, key, {
      configurable: true,
      get() { look(this, 'get ' + key); return undefined },
      set(value) { look(this, 'set ' + key); look(value, 'set ' + key); defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true }) },
    })
  }
  0`

const absent = [
  'process',
  'require',
  'module',
  'global',
  'Buffer',
  'WebAssembly',
  'SharedArrayBuffer',
  'FinalizationRegistry',
  'ivm',
  'isolated',
  'setTimeout',
  'fetch',
  'URL',
  'structuredClone',
  'queueMicrotask',
  'MessageChannel',
  'Worker',
  'navigator',
]

describe('a sandbox', () => {
  test('has what the language has, and remote() and console', async () => {
    await using sandbox = await spawnIsolate({ globals: { granted: 1 } })
    expect(
      sandbox.evalSync(`${JSON.stringify(absent)}.filter((name) => name in globalThis)`),
    ).toEqual([])
    expect(
      sandbox.evalSync(
        `Reflect.ownKeys(globalThis).filter((key) => typeof key === 'symbol' || /^[a-z_$]/.test(key)).map(String).sort()`,
      ),
    ).toEqual([
      'console',
      'decodeURI',
      'decodeURIComponent',
      'encodeURI',
      'encodeURIComponent',
      'escape',
      'eval',
      'globalThis',
      'granted',
      'isFinite',
      'isNaN',
      'parseFloat',
      'parseInt',
      'remote',
      'undefined',
      'unescape',
    ])
  })

  test('has no handle of the host anywhere that code can walk to', async () => {
    await using sandbox = await spawnIsolate({
      source: 'export const a = 1',
      promises: 'wait',
      globals: { granted: {}, tell: () => 1, later: async () => 1 },
      console: () => undefined,
    })
    expect(await sandbox.eval('later()')).toBe(1)
    expect(await sandbox.eval(WALK)).toEqual({ found: [], many: true })
  })

  test('shows no handle of the host to built-ins that the guest has replaced, also while it waits', async () => {
    await using sandbox = await spawnIsolate({
      promises: 'wait',
      globals: {
        tell: (value: unknown) => value,
        later: async (value: unknown) => {
          await new Promise(setImmediate)
          return value
        },
        nested: async (callback: () => Promise<unknown>) => callback(),
      },
    })
    await sandbox.eval(SPY)
    expect(
      await sandbox.eval('[tell(1), later(2), nested(() => later(4)), handles.length]'),
    ).toEqual([1, 2, 4, 0])
    // On the host's own thread isolated-vm refuses to wait, by an error of its own.
    expect(
      sandbox.evalSync(
        'try { later(1) } catch (error) { look(error, "error"); [error.name, handles.length] }',
      ),
    ).toEqual(['WouldBlockError', 0])
    expect(await sandbox.eval('handles')).toEqual([])
    // The spies see what there is to see.
    expect(await sandbox.eval('Math.max({ applySync: 1 }); handles')).toContain(
      'Math.max applySync',
    )
  })

  test('constructors that it reaches through its own values are its own', async () => {
    await using sandbox = await spawnIsolate({
      globals: { shop: { tell: () => 1 }, tell: () => 1 },
    })
    expect(
      sandbox.evalSync(
        `[shop.constructor, tell.constructor, shop.__proto__, tell.prototype, shop.tell.constructor].map((x) => typeof x === 'function' ? x('return typeof process')() : x === null ? 'nothing' : typeof x)`,
      ),
    ).not.toContain('object')
    expect(sandbox.evalSync(`Function('return typeof process')()`)).toBe('undefined')
    expect(
      sandbox.evalSync(`(async () => {}).constructor('return typeof process') instanceof Function`),
    ).toBe(true)
  })

  test('has WebAssembly and shared memory when they are asked for', async () => {
    await using sandbox = await spawnIsolate({ webAssembly: true, sharedMemory: true })
    expect(sandbox.evalSync('[typeof WebAssembly, typeof SharedArrayBuffer]')).toEqual([
      'object',
      'function',
    ])
    expect(
      sandbox.evalSync('WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))'),
    ).toBe(true)
  })

  test("errors of the host show the guest no path, no file and none of the host's frames", async () => {
    function failInTheHost(): never {
      throw new RangeError('closed today')
    }
    await using sandbox = await spawnIsolate({
      globals: {
        failInTheHost,
        failLater: async () => failInTheHost(),
        refused: () => new (class Hidden {})(),
        missing: {},
      },
    })
    const stacks = (await sandbox.eval(`(async () => {
      const stacks = []
      for (const run of [failInTheHost, failLater, refused, () => missing.nothing(), () => { missing.a = 1 }, () => missing.a.b]) {
        try { await run() } catch (e) { stacks.push(e.stack + JSON.stringify(e) + e.message) }
      }
      return stacks
    })()`)) as string[]
    expect(stacks).toHaveLength(6)
    for (const stack of stacks) {
      expect(stack).not.toMatch(
        /file:|node:|packages|walls\.test|\.ts\b|isolated-vm|Object\.failLater/,
      )
      expect(stack).not.toContain(process.cwd())
    }
    expect(stacks[0]).toContain('closed today')
    await using trusted = await spawnIsolate({ globals: { failInTheHost }, redactStacks: false })
    expect(await trusted.eval('try { failInTheHost() } catch (e) { e.stack }')).toContain(
      'walls.test.ts',
    )
  })

  test('what a guest replaces on its globals does not reach the runtime', async () => {
    await using sandbox = await spawnIsolate({
      timeout: 1000,
      globals: { tell: (x: unknown) => x },
    })
    await sandbox
      .eval(`
      for (const proto of [Array.prototype, Object.prototype, String.prototype, Map.prototype, Promise.prototype]) {
        for (const key of Reflect.ownKeys(proto)) {
          if (['constructor', '__proto__'].includes(key)) continue
          try { if (typeof proto[key] === 'function') proto[key] = function () { throw new Error('patched') } } catch {}
        }
      }
      JSON.parse = JSON.stringify = () => { throw new Error('patched') }
      0`)
      .catch(() => undefined)
    // It may have broken itself; the host goes on and is told in one way or another.
    const outcome = await Promise.race([
      sandbox.eval('1 + 1').then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
      sandbox.closed.then((closed) => ({ closed })),
    ])
    expect(outcome).toBeDefined()
  })
})
