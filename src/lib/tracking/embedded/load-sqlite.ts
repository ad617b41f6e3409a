type Sqlite = typeof import('node:sqlite');

/**
 * SQLite as Node.js brings it. Node.js 22 says while it loads that this part of it is an experiment, which is nobody's
 * business at a terminal: exactly that warning is dropped, and loading is one step in which no other code runs.
 */
export function loadSqlite(): Sqlite {
  const warn = process.emitWarning;
  const filtered: (...given: readonly unknown[]) => void = (...given) => {
    if (!isAboutSqlite(given)) Reflect.apply(warn, process, given);
  };
  process.emitWarning = filtered;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = warn;
  }
}

function isAboutSqlite([warning, type]: readonly unknown[]): boolean {
  const { name, text } =
    warning instanceof Error ? { name: warning.name, text: warning.message } : { name: type, text: String(warning) };
  return name === 'ExperimentalWarning' && /^SQLite\b/.test(text);
}
