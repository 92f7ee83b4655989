import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back objects that say they are what they are not.',
  source: 'own',
  guest: `
    const fakes = ['Map', 'Set', 'Date', 'Promise', 'ArrayBuffer', 'AbortSignal', 'ReadableStream', 'WritableStream', 'URL', 'DOMException', 'SharedArrayBuffer'].map((tag) => ({ [Symbol.toStringTag]: tag, size: 1e9, forEach() { for (;;); }, getReader() { for (;;); }, then: undefined }))
    const dressed = [Map, Set, Date, Promise, RegExp, Uint8Array, ArrayBuffer].map((Class) => Object.create(Class.prototype))
    const got = []
    for (const fake of [...fakes, ...dressed]) { for (const use of [host.echo, host.json, host.text]) { try { got.push(typeof use(fake)) } catch (error) { got.push(error.code ?? error.name) } } }
    got`,
} satisfies Attempt
