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
      globals: { granted: {}, tell: () => 1 },
      console: () => undefined,
    })
    expect(await sandbox.eval(WALK)).toEqual({ found: [], many: true })
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
