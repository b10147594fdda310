/** `maxOffsetsPerTrigger`: a share of every partition in proportion to what is waiting there, as in Spark. */
import type { TopicOffsets } from './topic-offsets.ts';

/** @returns ends of at most `offsetsMax` offsets in all (at least one per partition that has any), none beyond `latest` */
export function limitOffsets(from: TopicOffsets, latest: TopicOffsets, offsetsMax: number): TopicOffsets {
  const waiting = (key: string, end: number): number => Math.max(0, end - (from.get(key)?.offset ?? end));
  let total = 0;
  for (const [key, { offset }] of latest) total += waiting(key, offset);
  if (total <= offsetsMax) return latest;
  return new Map(
    [...latest].map(([key, entry]) => {
      const size = waiting(key, entry.offset);
      if (size === 0) return [key, entry];
      const share = (offsetsMax * size) / total;
      const taken = share < 1 ? Math.ceil(share) : Math.floor(share);
      return [key, { ...entry, offset: Math.min(entry.offset, entry.offset - size + taken) }];
    }),
  );
}
