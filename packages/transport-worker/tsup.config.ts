import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/{index,worker-main}.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node24',
  dts: { entry: 'src/index.ts' },
  clean: true,
  sourcemap: true,
  removeNodeProtocol: false,
})
