/** Preloaded, it puts `isolates-seen.ts` in the place of isolated-vm. */
import { registerHooks } from 'node:module'

const stand = new URL('./isolates-seen.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'isolated-vm' && context.parentURL !== stand)
      return { url: stand, format: 'module-typescript', shortCircuit: true }
    return next(specifier, context)
  },
})
