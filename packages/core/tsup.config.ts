import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/{index,adapter}.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2024',
  dts: true,
  clean: true,
  sourcemap: true,
  removeNodeProtocol: false,
})
