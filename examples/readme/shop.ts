/** The module that the README's sample runs in a worker. It does not know that it is used from another thread. */

class Product {
  readonly name: string
  readonly price: number

  constructor(name: string, price: number) {
    this.name = name
    this.price = price
  }
}

class Cart {
  readonly #products: Product[] = []

  add(product: Product): this {
    if (!(product instanceof Product))
      throw new TypeError('only a product of this shop can be added')
    this.#products.push(product)
    return this
  }

  get total(): number {
    return this.#products.reduce((sum, product) => sum + product.price, 0)
  }
}

const shelf = new Map(
  [new Product('tea', 4), new Product('honey', 7)].map((product) => [product.name, product]),
)

export const products = {
  find(name: string): Product {
    const product = shelf.get(name)
    if (product === undefined) throw new RangeError(`there is no "${name}"`)
    return product
  },
}

export const cart = new Cart()
