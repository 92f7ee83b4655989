/**
 * The error a promise rejects with; what it fulfils with, in a box, when it does not. Given a proxy, `expect(...).rejects`
 * would call it, as it is a function; this awaits it.
 */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return { fulfilledWith: await promise }
  } catch (error) {
    return error
  }
}
