/** The limits of the sessions that the cases about limits run in: small enough to be reached, each by itself. Portable. */
export const LIMITED = Object.freeze({
  messageSize: 100_000,
  depth: 12,
  keys: 2000,
  digits: 100,
  pathLength: 10,
  pendingCalls: 40,
  callRate: 1000,
  callDepth: 12,
  credit: 30,
  exports: 60,
  promises: 20,
  symbols: 15,
})

/** Is it a case that needs sessions of its own, with {@link LIMITED}? */
export const isAboutLimits = ({ name }: { readonly name: string }): boolean =>
  name.startsWith('limits')

/** The limits of the sessions that a case runs in. */
export const limitsFor = (conformanceCase: { readonly name: string }): Partial<typeof LIMITED> =>
  isAboutLimits(conformanceCase) ? LIMITED : {}
