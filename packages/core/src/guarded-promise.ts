/**
 * A promise that refuses who would wait for it in vain.
 *
 * It is an ordinary promise with a `then` of its own. `await` calls that only where the promise does not name `Promise` as its constructor
 * (ECMA-262, PromiseResolve), so it names none.
 */

const { then } = Promise.prototype

/** @param refusal gives the error for whoever asks at this moment; `undefined` when it may wait */
export function guardPromise(promise: Promise<unknown>, refusal: () => Error | undefined): void {
  Object.defineProperties(promise, {
    // biome-ignore lint/suspicious/noThenProperty: a promise has one
    then: {
      value: (...reactions: Parameters<Promise<unknown>['then']>) => {
        const error = refusal()
        return then.apply(error === undefined ? promise : Promise.reject(error), reactions)
      },
    },
    constructor: { value: undefined },
  })
}
