import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Looks for anything of the runtime or of isolated-vm in everything that can be walked to.',
  source: 'CVE-2021-21413',
  guest: `
    const seen = new Set(), found = []
    const visit = (value, path) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || value === host || value === climb) return
      seen.add(value)
      let keys
      try { keys = Reflect.ownKeys(value) } catch { return }
      for (const key of keys) {
        if (key === 'host' || key === 'climb') continue
        if (/farhold|applySync|copyInto|derefInto|createContext|transferIn/i.test(String(key))) found.push(path + String(key))
        const property = Reflect.getOwnPropertyDescriptor(value, key)
        visit(property?.value, path + String(key)); visit(property?.get, path); visit(property?.set, path)
      }
      visit(Reflect.getPrototypeOf(value), path + '^')
    }
    visit(globalThis, '')
    found`,
  ends: /^value \[\]$/,
} satisfies Attempt
