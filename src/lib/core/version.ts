import pkg from '../../../package.json' with { type: 'json' };

/** The version of this package; the bundler inlines it, so that nothing is read at run time. */
export const VERSION: string = pkg.version;
