/** The module that the samples of the guide locks.md run in a worker: accounts, and a stock that has a lock of its own. */
import { protect, proxy } from '@farhold/core'

class Account {
  #balance = 100

  balance(): number {
    return this.#balance
  }

  withdraw(amount: number): number {
    this.#balance -= amount
    return amount
  }

  deposit(amount: number): void {
    this.#balance += amount
  }
}

class Stock {
  #count = 0

  count(): number {
    return this.#count
  }

  /** In two turns, so that two of them at once would lose one. */
  async add(): Promise<void> {
    const before = this.#count
    await undefined
    this.#count = before + 1
  }
}

export const openAccount = () => proxy(new Account())

export const stock = protect(new Stock(), { read: ['count'] })

/** Two objects with locks of their own. */
export const openDesk = () => protect(new Account())
