/** What the guest's scripts promise to give back. They are not trusted, so these types are a hope. */

/** One line of report.js. */
export interface CountryReport {
  readonly country: string
  readonly continent: string
  /** How many cities of 100,000 people or more it has, and how many live in them. */
  readonly cities: number
  readonly people: number
  readonly largest: string
  /** The part of `people` who live in the largest. */
  readonly share: number
  /** So many of its largest cities hold half of `people`. */
  readonly half: number
}

/** One way out that escape.js tried. */
export interface Try {
  readonly way: string
  readonly got: string
}

/** What escape.js throws when none of them led anywhere. */
export interface FailedEscape extends Error {
  readonly code: 'NO_WAY_OUT'
  readonly tries: readonly Try[]
}

/** How a script ended: with a result, or with an error. */
export type Ending =
  | { readonly file: string; readonly result: unknown }
  | { readonly file: string; readonly error: Error | FailedEscape }
