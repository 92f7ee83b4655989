/** `#guest-bundle` when the sources run: bundles the guest runtime once, as this module loads. */
import { bundleGuest } from '../build/bundle-guest.ts'

export const guestSource: string = bundleGuest({ minify: false })
