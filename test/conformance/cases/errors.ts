/** What is thrown there arrives here as what it was, and says where it happened on both sides. */
import { type Case, group } from '../case.ts'

const BUILT_IN = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
] as const

export const errorCases: readonly Case[] = group('errors', {
  async 'every built-in class'({ remote, assert }) {
    for (const Class of BUILT_IN) {
      for (const call of [remote.throwKind(Class.name), remote.rejectKind(Class.name)]) {
        const error = (await assert.rejects(call, {
          name: Class.name,
          message: `of ${Class.name}`,
        })) as Error
        assert.equal(Object.getPrototypeOf(error), Class.prototype)
        assert.equal(Object.hasOwn(error, 'name'), false)
        assert.deepEqual(Object.keys(error), [])
      }
    }
  },

  async 'AggregateError with its errors'({ remote, assert }) {
    const error = (await assert.rejects(remote.throwKind('AggregateError'))) as AggregateError
    assert.ok(error instanceof AggregateError, 'an AggregateError')
    assert.equal((error.errors[0] as Error).message, 'first')
    assert.ok(error.errors[0] instanceof RangeError, 'its first')
    assert.equal(error.errors[1], 'second')
    assert.deepEqual(Object.keys(error), [])
  },

  async 'SuppressedError with both of its errors'({ remote, assert }) {
    const error = (await assert.rejects(remote.throwKind('SuppressedError'))) as SuppressedError
    assert.ok(error instanceof SuppressedError, 'a SuppressedError')
    assert.ok(error.error instanceof RangeError, 'its error')
    assert.ok(error.suppressed instanceof TypeError, 'its suppressed error')
  },

  async 'a class of the owner arrives as its nearest known class'({ remote, assert }) {
    const error = (await assert.rejects(remote.throwKind('custom'))) as TypeError & {
      detail: unknown
    }
    assert.ok(error instanceof TypeError, 'a TypeError')
    assert.equal(error.message, 'of CustomError')
    assert.deepEqual(error.detail, { why: ['because', undefined] })
    assert.deepEqual(error.cause, { data: 1 })
  },

  async 'own properties'({ remote, assert }) {
    const error = (await assert.rejects(remote.throwKind('properties'))) as Error
    assert.deepEqual(
      { ...error },
      { code: 'E_MORE', errno: -2, list: [1, undefined], when: new Date(0) },
    )
  },

  async 'a property that cannot cross does not keep the error from arriving'({ remote, assert }) {
    const error = (await assert.rejects(remote.throwKind('unshareable'), {
      message: /a part that cannot cross/,
    })) as Error
    assert.deepEqual({ ...error }, { status: 500 })
  },

  async 'the chain of causes'({ remote, assert }) {
    const error = (await assert.rejects(remote.throwKind('causes'))) as Error
    assert.ok(error.cause instanceof RangeError, 'its cause')
    assert.equal((error.cause as Error).message, 'middle')
    assert.equal((error.cause as Error).cause, 'inner')
    assert.deepEqual(Object.keys(error), [])
    const without = (await assert.rejects(remote.throwKind('no cause'))) as Error
    assert.equal(Object.hasOwn(without, 'cause'), true)
    assert.equal(
      Object.hasOwn((await assert.rejects(remote.throwKind('Error'))) as Error, 'cause'),
      false,
    )
  },

  async 'the name and the message of a DOMException'({ remote, assert }) {
    await assert.rejects(remote.throwKind('DOMException'), {
      name: 'DataCloneError',
      message: 'of DOMException',
    })
  },

  async 'the class of a DOMException'({ remote, assert }) {
    const error = (await assert.rejects(remote.throwKind('DOMException'))) as { code: number }
    assert.equal(Object.prototype.toString.call(error), '[object DOMException]')
    assert.equal(error.code, 25)
  },

  async 'what is thrown need not be an error'({ remote, assert }) {
    for (const [kind, value] of [
      ['string', 'a string'],
      ['undefined', undefined],
      ['null', null],
      ['number', -0],
      ['object', { code: 1, nested: [new Date(0)] }],
      ['symbol', Symbol.for('thrown')],
    ] as const) {
      assert.deepEqual(await assert.rejects(remote.throwKind(kind)), value)
      assert.deepEqual(await assert.rejects(remote.rejectKind(kind)), value)
    }
  },

  async 'what is thrown by reference'({ remote, asRemote, assert }) {
    const thrown = asRemote(await assert.rejects(remote.throwKind('proxy')))
    assert.equal(await thrown.thrown, 'by reference')
  },

  async 'what is thrown and cannot cross'({ remote, assert }) {
    await assert.rejects(remote.throwKind('invoice'), {
      code: 'FARHOLD_NOT_SHAREABLE',
      message: /Invoice/,
      path: 'error',
    })
  },

  async 'what is thrown and is hostile to whoever reads it'({ remote, assert }) {
    const twice = (await assert.rejects(remote.throwKind('unshareable twice'), {
      message: 'with the same part twice',
    })) as Error
    assert.deepEqual({ ...twice }, { good: { a: [1] } })
    await assert.rejects(remote.throwKind('hostile getter'), {
      name: 'RangeError',
      message: 'in a getter',
    })
    await assert.rejects(remote.throwKind('hostile getter that throws what cannot cross'), {
      name: 'TypeError',
      message: /cannot cross/,
    })
    await assert.rejects(remote.throwKind('hostile message'), {
      name: 'RangeError',
      message: 'in a message',
    })
    await assert.rejects(remote.rejectKind('hostile getter that throws what cannot cross'), {
      name: 'TypeError',
    })
    assert.equal(await remote.add(1, 1), 2)
  },

  async 'own properties with the names of hidden ones'({ remote, assert }) {
    const error = Object.assign(new Error('x'), {
      errors: [1],
      error: 2,
      suppressed: 3,
      cause: 4,
      name: 'Own',
    })
    assert.deepEqual(
      { ...((await remote.echo(error)) as Error) },
      { errors: [1], error: 2, suppressed: 3, cause: 4, name: 'Own' },
    )
  },

  async 'the stack shows both sides and the seam between them'({ remote, farhold, assert }) {
    async function askFromHere(): Promise<unknown> {
      return await remote.throwKind('RangeError')
    }
    const error = (await assert.rejects(askFromHere())) as Error
    const stack = String(error.stack)
    // What the proxy of the fixture is called may stand before the name, as it does for a grant.
    const seamLine = new RegExp(
      `at \\[context "${farhold.contextOf(remote)}", [^\\]\\n]*throwKind\\]`,
    )
    const there = stack.indexOf('throwKind')
    const seam = stack.search(seamLine)
    const here = stack.indexOf('askFromHere')
    assert.ok(
      stack.startsWith('RangeError: of RangeError'),
      `a stack that starts with its error, as\n${stack}\n`,
    )
    assert.ok(
      there > 0 && seam > there && here > seam,
      `there ${there}, seam ${seam}, here ${here} in\n${stack}\n`,
    )
  },

  async 'the stack shows the seam once, however often it is awaited'({ remote, assert }) {
    const failing = remote.throwKind('RangeError')
    const first = (await assert.rejects(failing)) as Error
    const second = (await assert.rejects(failing)) as Error
    assert.equal(first, second)
    assert.equal(String(second.stack).split('at [context').length, 2)
  },

  async 'an error that passes through two contexts shows both seams'({ remote, assert }) {
    const error = (await assert.rejects(
      remote.callBack(() => {
        throw new RangeError('in the callback')
      }),
    )) as Error
    assert.equal(String(error.stack).split('at [context').length, 3, error.stack)
  },

  async 'the same error is the same object wherever it is in data'({ remote, assert }) {
    const error = new RangeError('shared')
    const [one, two] = (await remote.echo([error, { error }])) as [unknown, { error: unknown }]
    assert.equal(one, two.error)
  },
})
