import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Calls the host with next to no stack left, so that it fails inside.',
  source: 'CVE-2019-10761',
  guest: `
    const got = []
    let calls = 0
    const deeper = () => {
      try { deeper() } catch {
        if (calls++ > 20) return
        try { host.ping(); host.echo({ a: [1, 2, { b: 3 }] }) } catch (error) { got.push(climb(error)) }
      }
    }
    deeper()
    got`,
} satisfies Attempt
