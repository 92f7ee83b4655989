/** What the bench of views holds in another thread. */
import { proxy, type View, view } from '@farhold/core'

export const makeView = (length: number): View<Uint8Array> => view(length)
export const makeArray = (length: number): { readonly bytes: Uint8Array } =>
  proxy({ bytes: new Uint8Array(length).fill(1) })
