/** Classes and transformers that both contexts register, as a program would: each in its own heap. */
import { registerClass, registerCustom } from '@farhold/core'

export class Money {
  amount: number
  currency: string
  note: string

  constructor(amount: number, currency: string, note = 'secret') {
    this.amount = amount
    this.currency = currency
    this.note = note
  }

  format(): string {
    return `${this.amount} ${this.currency}`
  }
}

export class Basket {
  items: unknown[]
  owner: unknown
  price: unknown

  constructor(items: unknown[]) {
    this.items = items
  }

  get size(): number {
    return this.items.length
  }
}

/** Keeps its state where only a transformer can reach it. */
export class Temperature {
  readonly #kelvin: number

  constructor(kelvin: number) {
    this.#kelvin = kelvin
  }

  get kelvin(): number {
    return this.#kelvin
  }

  static is(value: unknown): value is Temperature {
    return typeof value === 'object' && value !== null && #kelvin in value
  }
}

/** Its data holds a function and other instances. */
export class Route {
  readonly stops: unknown[]
  readonly choose: unknown

  constructor(stops: unknown[], choose: unknown) {
    this.stops = stops
    this.choose = choose
  }
}

export class QuotaError extends Error {
  override readonly name = 'QuotaError'
  left: number

  constructor(message: string, left: number) {
    super(message)
    this.left = left
  }
}

registerClass(Money, { identifier: 'test.Money', allowProps: ['amount', 'currency'] })
registerClass(Basket, 'test.Basket')
registerClass(QuotaError, 'test.QuotaError')
registerCustom<Temperature, number>(
  {
    isApplicable: (value) => Temperature.is(value),
    serialize: (temperature) => temperature.kelvin,
    deserialize: (kelvin) => new Temperature(kelvin),
  },
  'test.Temperature',
)
registerCustom<Route, { stops: unknown[]; choose: unknown }>(
  {
    isApplicable: (value) => value instanceof Route,
    serialize: ({ stops, choose }) => ({ stops, choose }),
    deserialize: ({ stops, choose }) => new Route(stops, choose),
  },
  'test.Route',
)
