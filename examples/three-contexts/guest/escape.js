// Tries to reach `process` by every way we know out of a sandbox, and throws what it got; if it got there, it returns.
// All this script has is `query`.
;(async () => {
  const tries = []
  const reached = []

  function isProcess(thing) {
    return typeof thing?.pid === 'number' && thing.versions?.node !== undefined
  }

  /** A thing of the host has the host's constructors, and the constructor of those is the host's `Function`. */
  function processOf(thing) {
    if (isProcess(thing)) return thing
    const HostFunction = thing.constructor?.constructor
    if (HostFunction === undefined || HostFunction === Function) return undefined
    const found = HostFunction('return globalThis.process')()
    return isProcess(found) ? found : undefined // a GeneratorFunction of this heap gives a generator
  }

  /** All that can be reached from a thing by its properties, their accessors, and its prototypes; to a point. */
  function* thingsBehind(start) {
    const waiting = [start]
    const seen = new Set()
    while (waiting.length > 0 && seen.size < 10_000) {
      const thing = waiting.shift()
      if (
        thing === null ||
        (typeof thing !== 'object' && typeof thing !== 'function') ||
        seen.has(thing)
      )
        continue
      seen.add(thing)
      yield thing
      try {
        waiting.push(Object.getPrototypeOf(thing))
        for (const { value, get, set } of Object.values(Object.getOwnPropertyDescriptors(thing)))
          waiting.push(value, get, set)
        if (thing instanceof Map || thing instanceof Set)
          waiting.push(...thing.keys(), ...thing.values())
      } catch {}
    }
  }

  function describe(thing) {
    if (thing instanceof Error) return `${thing.name}: ${thing.message}`
    if (typeof thing === 'string') return JSON.stringify(thing)
    if (Array.isArray(thing)) return thing.length === 0 ? 'nothing' : `${thing.length} of its own`
    return typeof thing === 'function' ? 'a function of its own' : String(thing)
  }

  async function attempt(way, run) {
    let got
    try {
      got = await run()
    } catch (error) {
      got = error // is a thing, too
    }
    for (const thing of thingsBehind(got)) {
      let found
      try {
        found = processOf(thing)
      } catch {}
      if (found) reached.push(`${way}: process ${found.pid}`)
    }
    tries.push({ way, got: describe(got) })
  }

  // What a program in Node would have.
  await attempt('process', () => process)
  await attempt("require('node:process')", () => require('node:process'))
  await attempt("import('node:process')", () => import('node:process'))
  await attempt('a global that is not of the language', () => {
    const known =
      /^(remote|Object|Function|Array|Number|parseFloat|parseInt|Infinity|NaN|undefined|Boolean|String|Symbol|Date|Promise|RegExp|\w*Error|JSON|Math|Intl|\w*Array\w*|DataView|Map|BigInt|Set|Iterator|WeakMap|WeakSet|WeakRef|Proxy|Reflect|FinalizationRegistry|\w*DisposableStack|decodeURI\w*|encodeURI\w*|escape|unescape|eval|isFinite|isNaN|console|globalThis|Atomics|Temporal|query)$/
    return (
      Reflect.ownKeys(globalThis)
        .filter((name) => !known.test(String(name)))
        .join(', ') || undefined
    )
  })
  await attempt(
    'WebAssembly, SharedArrayBuffer',
    () => globalThis.WebAssembly ?? globalThis.SharedArrayBuffer,
  )

  // The grant itself.
  await attempt('Function of this heap', () => Function('return process')())
  await attempt('query.constructor', () => query.constructor.constructor('return process')())
  // biome-ignore lint/suspicious/noProto: an old way to a prototype is one more way to try
  await attempt('query.__proto__', () => query.__proto__.constructor('return process')())
  await attempt('Object.getPrototypeOf(query)', () =>
    Object.getPrototypeOf(query).constructor('return process')(),
  )
  await attempt('query.call, .apply, .bind', () =>
    [query.call, query.apply, query.bind].filter(Boolean),
  )
  await attempt('query.caller, .arguments, .prototype', () =>
    [query.caller, query.arguments, query.prototype].filter(Boolean),
  )
  await attempt('own keys and descriptors of query', () =>
    Reflect.ownKeys(query).flatMap((key) => {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(query, key) ?? {}
      return [value, get, set].filter(Boolean)
    }),
  )
  await attempt('new query()', () => new query('select 1'))
  await attempt('query.constructor = ...', () => {
    query.constructor = Object
    return query.constructor.constructor('return process')()
  })
  await attempt('Object.setPrototypeOf(query, ...)', () =>
    Object.setPrototypeOf(query, {
      get constructor() {
        return Function
      },
    }),
  )

  // What it gives back.
  await attempt('the promise', () => query('select 1').constructor.constructor('return process')())
  await attempt('the methods of the promise', () =>
    query('select 1').then.constructor('return process')(),
  )
  await attempt('the rows', () => query('select 1 as one'))
  await attempt('the text of a function', () => String(query).match(/\/[^\s]+|=>/)?.[0])

  // What it throws.
  const failure = await query('nonsense').catch((error) => error)
  await attempt('an error', () => failure)
  await attempt('the cause of an error', () => failure.cause)
  await attempt(
    'a path in its stack',
    () => failure.stack.match(/(file|node):[^\s)]*|\/[^\s)]+/)?.[0],
  )
  await attempt('its own properties', () => Reflect.ownKeys(failure).map((key) => failure[key]))
  await attempt('an error where the stack ends', () => {
    let last
    const deeper = () => {
      try {
        deeper()
      } catch {
        try {
          last ??= query('select 1')
        } catch (error) {
          last = error
        }
      }
    }
    deeper()
    return last
  })
  await attempt('Error.prepareStackTrace', async () => {
    const seen = []
    Error.prepareStackTrace = (error, sites) => {
      seen.push(error)
      for (const site of sites) seen.push(site.getThis(), site.getFunction())
      return ''
    }
    try {
      await query('nonsense').catch((error) => seen.push(error.stack))
      try {
        await query(Symbol('unique'))
      } catch (error) {
        seen.push(error.stack)
      }
    } finally {
      delete Error.prepareStackTrace
    }
    return seen.filter(Boolean)
  })

  // What it is given: whoever touches these shows himself.
  await attempt('a function as argument', async () => {
    const seen = []
    await query('select ?', function (...values) {
      seen.push(this, ...values)
    }).catch((error) => seen.push(error))
    return seen.filter(Boolean)
  })
  for (const hook of [
    'toString',
    'valueOf',
    'toJSON',
    'then',
    Symbol.toPrimitive,
    Symbol.for('nodejs.util.inspect.custom'),
  ]) {
    await attempt(`an argument with ${String(hook)}`, async () => {
      const seen = []
      const bait = {
        [hook](...values) {
          seen.push(this === bait ? undefined : this, ...values)
          return 1
        },
      }
      await query('select ?', bait).catch((error) => seen.push(error))
      return seen.filter(Boolean)
    })
  }
  await attempt('a getter in an argument', async () => {
    const seen = []
    const bait = {
      get value() {
        try {
          null.f()
        } catch (error) {
          seen.push(error.stack.match(/(file|node):[^\s)]*|\/[^\s)]+/)?.[0])
        }
        return 1
      },
    }
    await query('select ?', bait).catch((error) => seen.push(error))
    return seen.filter(Boolean)
  })

  // Its surroundings: every built-in that the proxies may be made with shows us what passes through it.
  const builtIns = [
    [Promise.prototype, 'then'],
    [Map.prototype, 'get'],
    [Map.prototype, 'set'],
    [WeakMap.prototype, 'get'],
    [WeakMap.prototype, 'set'],
    [Set.prototype, 'add'],
    [Array.prototype, 'push'],
    [Array.prototype, 'map'],
    [Array.prototype, Symbol.iterator],
    [Function.prototype, 'call'],
    [Function.prototype, 'apply'],
    [Reflect, 'apply'],
    [JSON, 'parse'],
    [JSON, 'stringify'],
    [Object, 'keys'],
    [Object, 'defineProperty'],
  ]
  await attempt('built-ins that listen', async () => {
    const seen = []
    let listening = true
    const { apply } = Reflect
    const originals = builtIns.map(([owner, name]) => owner[name])
    builtIns.forEach(([owner, name], index) => {
      const original = originals[index]
      owner[name] = function (...values) {
        if (listening && seen.length < 200) {
          listening = false
          seen[seen.length] = this
          for (let at = 0; at < values.length; at++) seen[seen.length] = values[at]
          listening = true
        }
        return apply(original, this, values)
      }
    })
    try {
      await query('select 1')
    } finally {
      listening = false
      for (let at = 0; at < builtIns.length; at++) builtIns[at][0][builtIns[at][1]] = originals[at]
    }
    return seen.filter((thing) => thing !== null && /object|function/.test(typeof thing))
  })
  await attempt('accessors on Object.prototype', async () => {
    const seen = []
    const names = [
      'then',
      'port',
      'session',
      'apply',
      'reference',
      'copy',
      'result',
      'handle',
      'transport',
      'callback',
    ]
    for (const name of names) {
      Object.defineProperty(Object.prototype, name, {
        configurable: true,
        get() {
          seen.push(this)
        },
        set(value) {
          seen.push(this, value)
          Object.defineProperty(this, name, {
            value,
            writable: true,
            configurable: true,
            enumerable: true,
          })
        },
      })
    }
    try {
      await query('select 1')
    } finally {
      for (const name of names) delete Object.prototype[name]
    }
    return seen
  })

  // The database.
  for (const sql of [
    'delete from city',
    'pragma query_only = 0',
    "attach database '/etc/passwd' as passwords",
    "select readfile('/etc/passwd')",
    "select load_extension('/tmp/out.so')",
    "select writefile('/tmp/out', 'here')",
    'with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n',
  ]) {
    await attempt(sql, () => query(sql))
  }

  if (reached.length > 0) return reached
  throw Object.assign(new Error(`${tries.length} ways tried, and none leads to process`), {
    code: 'NO_WAY_OUT',
    tries,
  })
})()
