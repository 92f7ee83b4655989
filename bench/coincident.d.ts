/** As much of coincident as the bench uses; it has no types of its own. */
interface Proxied {
  add(a: number, b: number): number
  callOften(count: number): unknown
}

declare module 'coincident/main' {
  export default function coincident(): {
    readonly Worker: new (url: URL) => { readonly proxy: Proxied; terminate(): unknown }
  }
}

declare module 'coincident/worker' {
  export default function coincident(): Promise<{ readonly proxy: Proxied }>
}
