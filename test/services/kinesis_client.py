"""A foreign client of Kinesis for the tests: boto3, as its users have it, with endpoint and credentials from the environment.

kinesis_client.py put STREAM < records    one JSON object a line: {"key": …, "data": …}; prints {"shard": …, "sequence": …} for each
kinesis_client.py read STREAM             prints {"shard": …, "sequence": …, "key": …, "data": …} for each record from the beginning
"""

import json
import sys

import boto3


def put(client, stream: str) -> None:
    for line in sys.stdin:
        record = json.loads(line)
        reply = client.put_record(StreamName=stream, PartitionKey=record["key"], Data=record["data"].encode())
        print(json.dumps({"shard": reply["ShardId"], "sequence": reply["SequenceNumber"]}))


def read(client, stream: str) -> None:
    for shard in client.list_shards(StreamName=stream)["Shards"]:
        shard_id = shard["ShardId"]
        start = client.get_shard_iterator(StreamName=stream, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")
        iterator = start["ShardIterator"]
        while True:
            page = client.get_records(ShardIterator=iterator, Limit=100)
            for record in page["Records"]:
                print(
                    json.dumps(
                        {
                            "shard": shard_id,
                            "sequence": record["SequenceNumber"],
                            "key": record["PartitionKey"],
                            "data": record["Data"].decode(),
                        }
                    )
                )
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                break
            iterator = page["NextShardIterator"]


if __name__ == "__main__":
    action, name = sys.argv[1:]
    {"put": put, "read": read}[action](boto3.client("kinesis"), name)
