import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Imports a module of the host statically.',
  source: 'CVE-2026-47140',
  guest: `
    import * as process from 'node:process'
    export const stolen = process.env?.HOSTILE_SECRET`,
  enter: ['module'],
  ends: /^error Error$/,
} satisfies Attempt
