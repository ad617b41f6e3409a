import path from 'node:path';
import { runProgram } from '../../core/exec.ts';
import type { DoctorCheck, DoctorContext, DoctorFinding } from '../types.ts';

/** Spark 3.3 runs on Java 8, 11 and 17; Spark 4 needs 17. */
const LEAST_JAVA = 8;
const SPARK_4_JAVA = 17;

export const javaCheck: DoctorCheck = {
  id: 'spark.java',
  title: 'Java for the spark backend',
  applies: project => project.config.backend === 'spark',
  async run(context) {
    const home = context.env['JAVA_HOME'];
    const program = home ? path.join(home, 'bin', 'java') : 'java';
    const { found, code, stdout, stderr } = await runProgram(program, ['-version'], {
      env: context.env,
      signal: context.signal,
    });
    if (!found)
      return {
        status: 'fail',
        detail: `${program} is not there`,
        fix: 'install a JDK 17 and put java on PATH, or set JAVA_HOME',
      };
    return judgeJava(`${stderr}\n${stdout}`, code);
  },
};

export function judgeJava(output: string, code: number | undefined): DoctorFinding {
  const version = /version "([^"]+)"/.exec(output)?.[1];
  if (code !== 0 || !version)
    return { status: 'fail', detail: 'java does not say its version', fix: 'install a JDK 17' };
  const parts = version.split(/[._-]/).map(Number);
  const major = (parts[0] === 1 ? parts[1] : parts[0]) ?? 0;
  if (major < LEAST_JAVA) return { status: 'fail', detail: `Java ${version} is too old`, fix: 'install a JDK 17' };
  if (major < SPARK_4_JAVA)
    return { status: 'warn', detail: `Java ${version} runs Spark 3 only`, fix: 'install a JDK 17 for Spark 4' };
  return { status: 'ok', detail: `Java ${version}` };
}

export const pythonCheck: DoctorCheck = {
  id: 'spark.python',
  title: 'Python for the job scripts',
  applies: project => project.config.backend === 'spark',
  async run({ env, signal }) {
    const program = env['PYSPARK_PYTHON'] ?? 'python3';
    const { found, stdout, stderr } = await runProgram(program, ['--version'], { env, signal });
    const version = /Python (\d+\.\d+\.\d+)/.exec(`${stdout} ${stderr}`)?.[1];
    if (found && version) return { status: 'ok', detail: `Python ${version}` };
    return { status: 'fail', detail: `${program} is not there`, fix: 'install Python 3, or set PYSPARK_PYTHON' };
  },
};

export const submitCheck: DoctorCheck = {
  id: 'spark.submit',
  title: 'spark-submit',
  timeoutMs: 30_000,
  applies: project => project.config.backend === 'spark',
  async run(context) {
    const program = submitProgram(context);
    const { found, stdout, stderr } = await runProgram(program, ['--version'], {
      env: context.env,
      signal: context.signal,
    });
    const version = /version (\d+\.\d+\.\d+)/.exec(`${stderr}\n${stdout}`)?.[1];
    if (found && version) return { status: 'ok', detail: `Spark ${version}` };
    const detail = found ? `${program} does not say its version` : `${program} is not there`;
    return { status: 'fail', detail, fix: 'pip install pyspark, or unpack Spark and set SPARK_HOME' };
  },
};

function submitProgram({ env }: DoctorContext): string {
  const home = env['SPARK_HOME'];
  return home ? path.join(home, 'bin', 'spark-submit') : 'spark-submit';
}
