import { writeFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'
import { bundleGuest } from './build/bundle-guest.ts'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'contained-child': 'src/contained/child-main.ts',
    'contained-relay': 'src/contained/relay-main.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node24',
  dts: { entry: 'src/index.ts' },
  clean: true,
  sourcemap: true,
  removeNodeProtocol: false,
  external: ['#guest-bundle'],
  async onSuccess() {
    const script = bundleGuest({ minify: true })
    await writeFile(
      new URL('./dist/guest-bundle.js', import.meta.url),
      `export const guestSource = ${JSON.stringify(script)}\n`,
    )
  },
})
