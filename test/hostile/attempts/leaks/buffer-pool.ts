import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Looks behind the bytes of a small Buffer, where the pool of the host has other bytes.',
  source: 'isolated-vm: copying a small Buffer leaks its pool',
  guest:
    'const { buffer } = host.small(); [buffer.byteLength, buffer.maxByteLength, host.small().byteOffset, String.fromCharCode(...new Uint8Array(buffer))]',
  ends: /^value \[4,4,0,"four"\]$/,
} satisfies Attempt
