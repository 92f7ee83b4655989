/** What errors say about values that cannot cross, names that do not exist, and code that is not well formed. */
import { connect, expose, loopback, NotShareableError, WouldBlockError } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker, workerTransport } from '@farhold/transport-worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

class Invoice {
  readonly total = 5
}

/** `echo` and a few names, in another context of each kind. */
const SOURCE = `
  export const echo = (x) => x
  export const shop = { name: 'corner', open() { return true } }
  export class Basket { fill() { return new Basket() } }`

const contexts = {
  worker: () =>
    spawnWorker<Wild>(`data:text/javascript,${encodeURIComponent(SOURCE)}`, { name: 'billing' }),
  isolate: () => spawnIsolate<Wild>({ source: SOURCE, name: 'billing' }),
  loopback: async () => {
    const [here, there] = loopback()
    expose(
      {
        echo: (x: unknown) => x,
        shop: { name: 'corner', open: () => true },
        Basket: class Basket {
          fill() {
            return new Basket()
          }
        },
      },
      there,
      { name: 'billing' },
    )
    return connect<Wild>(here, { peerName: 'billing' })
  },
}

/** Everything can be tried. */
// biome-ignore lint/suspicious/noExplicitAny: these are the mistakes of a program without types
type Wild = any

for (const [kind, make] of Object.entries(contexts)) {
  describe(kind, () => {
    let context: { readonly remote: Wild; close(): Promise<void> }

    beforeAll(async () => {
      context = await make()
    })
    afterAll(() => context.close())

    test('a value that cannot cross: its path, its context, and the three ways out', async () => {
      const error = await failureOf(
        context.remote.echo({ lines: [1, 2, { invoice: new Invoice() }] }),
      )
      expect(error).toBeInstanceOf(NotShareableError)
      expect(error).toMatchObject({
        code: 'FARHOLD_NOT_SHAREABLE',
        path: 'arguments[0].lines[2].invoice',
        message:
          'Invoice at arguments[0].lines[2].invoice belongs to context "main" and cannot be copied to "billing". Pass proxy(invoice) to share it, registerClass(Invoice) to copy it, or plain data.',
      })
      expect(await context.remote.echo(1)).toBe(1)
    })

    test('what builds on a call that was refused fails with the same error, and the session lives on', async () => {
      const refused = context.remote.echo(new Invoice())
      for (const use of [refused.total, refused.method(), refused.a.b.c]) {
        expect(await failureOf(use)).toMatchObject({ code: 'FARHOLD_NOT_SHAREABLE' })
      }
      expect(await failureOf(context.remote.echo(refused))).toMatchObject({
        code: 'FARHOLD_NOT_SHAREABLE',
      })
      expect(await context.remote.echo(2)).toBe(2)
    })

    test('keys and values of collections, and what cannot be copied at all', async () => {
      const paths: [unknown, string | RegExp][] = [
        [new Map([['a', new Invoice()]]), 'arguments[0].a'],
        [new Set([new Invoice()]), /^arguments\[0\]/],
        [[[new WeakMap()]], 'arguments[0][0][0]'],
        [{ symbol: Symbol('mine') }, 'arguments[0].symbol'],
        [{ 'a b': { 'c.d': new Invoice() } }, /a b.*c\.d/],
      ]
      for (const [value, path] of paths) {
        const error = (await failureOf(context.remote.echo(value))) as NotShareableError
        expect(error).toBeInstanceOf(NotShareableError)
        if (typeof path === 'string') expect(error.path).toBe(path)
        else expect(error.path).toMatch(path)
        expect(error.message).toContain(error.path)
      }
    })

    test('a result that cannot cross names the owner and the path', async () => {
      const basket = await new context.remote.Basket()
      const error = (await failureOf(basket.fill())) as NotShareableError
      expect(error).toBeInstanceOf(NotShareableError)
      expect(error.path).toBe('result')
      expect(error.message).toContain('belongs to context "billing" and cannot be copied to "main"')
    })

    test('a method that does not exist is named', async () => {
      for (const [use, name] of [
        [() => context.remote.nothing(), 'nothing'],
        [() => context.remote.shop.close(), 'shop.close'],
        [() => context.remote.shop.name(), 'shop.name'],
        [() => new context.remote.Nothing(), 'Nothing'],
      ] as const) {
        const error = await failureOf(use())
        expect(error).toBeInstanceOf(TypeError)
        expect((error as Error).message).toContain(name)
      }
    })

    test('a property of what does not exist is named', async () => {
      const error = await failureOf(context.remote.shop.owner.name)
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toContain('"name" of undefined')
    })
  })
}

test('the syntax of a guest: its file, line and column', async () => {
  const error = await failureOf(
    spawnIsolate({ source: 'const a = 1\nlet let = 2', filename: 'rules.js' }),
  )
  expect(error).toBeInstanceOf(SyntaxError)
  expect((error as Error).message).toMatch(/\[rules\.js:2:5\]$/)
})

test('a file that is not there is named', async () => {
  expect(await failureOf(spawnIsolate({ module: '/nowhere/rules.js' }))).toMatchObject({
    code: 'ENOENT',
    message: expect.stringContaining('/nowhere/rules.js') as string,
  })
})

test('blocking where this thread cannot: what to use instead', async () => {
  const { port1, port2 } = new MessageChannel()
  expose({ total: () => 3 }, workerTransport(port1))
  await using session = connect(workerTransport(port2), { peerName: 'billing' })
  expect(() => session.sync).toThrow(WouldBlockError)
  expect(() => session.sync).toThrow(
    /context "billing" cannot be waited for here: .* Use its remote/,
  )
})
