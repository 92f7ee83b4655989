/**
 * What a hostile guest finds on its globals beside `host`: what many attempts have in common. Loaded as guest code.
 */

/**
 * `climb(...values)` goes up from its arguments to a `Function` of the host, in every way there is, and gives what it can steal there.
 * `forge(edit)` has the next batch that its runtime sends edited, for the runtime turns it into text by a built-in that guest code can replace.
 */
export const GUEST_TOOLS = `
globalThis.loot = (Function) => {
  const process = Function('return process')()
  process?.catch?.(() => 0)
  return process.env.HOSTILE_SECRET
}
globalThis.climb = (...values) => {
  const steps = [
    (v) => v.constructor,
    (v) => v.__proto__,
    (v) => Object.getPrototypeOf(v),
    (v) => Reflect.getPrototypeOf(v),
    (v) => Object.getOwnPropertyDescriptor(v, 'constructor').value,
    (v) => v.prototype,
    (v) => v['const' + 'ructor'],
    (v) => v[['constructor']],
    (v) => v[Symbol.species],
  ]
  const seen = new Set()
  let found = 'nothing'
  const visit = (value, depth) => {
    if (value === null || value === undefined || depth > 4 || found !== 'nothing' || seen.has(value)) return
    seen.add(value)
    for (const step of steps) {
      let next
      try { next = step(value) } catch (error) { if (depth < 2) visit(error, depth + 2); continue }
      if (typeof next === 'function') { try { found = loot(next) ?? found } catch {} }
      visit(next, depth + 1)
    }
  }
  for (const value of values) visit(value, 0)
  return found
}
globalThis.forge = (edit) => {
  const { stringify } = JSON
  JSON.stringify = (fields) => {
    JSON.stringify = stringify
    return stringify(edit(fields) ?? fields)
  }
}
0`
