/**
 * Renders templates with a library that lives in an isolate, from synchronous code: a document, then templates that mean
 * harm.
 */
import { FarholdError, proxy } from '@farhold/core'
import { createEngine, spawnEta } from './engine.ts'

/** Has more than a template needs: it stays here, and what a template reads of it is all that crosses. */
class Stock {
  readonly #prices = new Map([
    ['tea', 4],
    ['honey', 7],
  ])
  asked = 0

  find(name: string): { name: string; price: number | undefined } {
    this.asked++
    return { name, price: this.#prices.get(name) }
  }
}

await using context = await spawnEta()
const eta = createEngine(context)

const stock = new Stock()
const data = {
  project: 'Tea & Honey',
  changes: [
    { text: 'Prices are in <cents>', issue: 12 },
    { text: 'Honey is sold out', issue: 15 },
  ],
  link: (issue: number) => `https://example.org/issues/${issue}`,
  stock: proxy(stock),
}

console.log(eta.render('notes', data))

console.log(eta.renderString('Tea is <%= it.stock.find("tea").price %>.', data))
console.log(`The stock was asked ${stock.asked} time.`)

// Its options are there, and can be read and set from here.
console.log(`"${eta.config.varName}" is what templates call their data.`)
eta.config.varName = 'shop'
console.log(eta.renderString('Now it is: <%= shop.project %>.', data))
eta.config.varName = 'it'

// What it compiles is a function of the isolate, which is held here.
const greeting = eta.compile('Hello, <%= it.name %>!')
console.log(['Emma', 'Ulysses'].map((name) => eta.render(greeting, { name })).join(' '))

for (const name of ['forever', 'secrets', 'overwrite', 'escape', 'missing']) {
  console.log(`${name}: ${endingOf(() => eta.render(name, data))}`)
}
console.log(`And after that: ${eta.render(greeting, { name: 'Emma' })}`)

function endingOf(render: () => string): string {
  try {
    return `RENDERED ${render()}`
  } catch (error) {
    if (error instanceof FarholdError) return error.code
    return error instanceof Error ? error.message : String(error)
  }
}
