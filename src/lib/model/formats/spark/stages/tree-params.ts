import { createHash } from 'node:crypto';
import { formatMetadata } from '../metadata.ts';
import { double, flag, integer, long, type ParamTable, text, type Values, writeParams } from '../params.ts';
import { WRITTEN_VERSION } from '../written-version.ts';

/** Parameters of single trees and of many. */
export const TREE: ParamTable = {
  cacheNodeIds: flag(false),
  checkpointInterval: integer(10),
  leafCol: text(''),
  maxBins: integer(32),
  maxDepth: integer(5),
  maxMemoryInMB: integer(256),
  minInfoGain: double(0),
  minInstancesPerNode: integer(1),
  minWeightFractionPerNode: double(0),
  seed: long(),
  weightCol: text(),
};

interface SingleTree {
  readonly className: string;
  readonly prefix: string;
  readonly params: ParamTable;
  readonly values: Values;
  readonly uid: string;
  readonly timestamp: number;
}

/** The metadata of tree number `tree`; its uid comes from the stage's, so that the same model gives the same bytes. */
export function treeMetadata({
  className,
  prefix,
  params,
  values,
  uid,
  timestamp,
}: SingleTree): (tree: number) => string {
  const written = writeParams(params, values);
  return tree => {
    const own = createHash('sha256').update(`${uid} ${tree}`).digest('hex').slice(0, 12);
    return formatMetadata({ className, uid: `${prefix}_${own}`, timestamp, sparkVersion: WRITTEN_VERSION, ...written });
  };
}
