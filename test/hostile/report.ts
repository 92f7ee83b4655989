/** What a child program says of the attempts it runs, a line for each report. */

/** Where the guest runs: in this process, in one of its own, or, to show that the attempts bite, in `node:vm` where nothing holds it. */
export type Containment = 'thread' | 'process' | 'none'

export type Report =
  | { readonly begun: string }
  | {
      readonly ended: string
      readonly faults: readonly string[]
      readonly how: Readonly<Record<string, string>>
    }
