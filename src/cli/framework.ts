/**
 * The only door to the framework's values: subpath imports keep its index, and with it help, ejs and the plugin
 * loader, off the start path.
 */
export * as Args from '@oclif/core/args';
export { Command } from '@oclif/core/command';
export * as Flags from '@oclif/core/flags';
