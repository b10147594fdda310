"""The 22 queries of TPC-H as Polars lazy queries: `t` has the tables, `fraction` is that of q11. Decimals are doubles."""
from datetime import date
from typing import Any, Callable

import polars as pl

Tables = dict[str, pl.LazyFrame]
c = pl.col


def revenue() -> pl.Expr:
    return c("l_extendedprice") * (1 - c("l_discount"))


def q01(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["lineitem"].filter(c("l_shipdate") <= date(1998, 9, 2)).group_by("l_returnflag", "l_linestatus")
            .agg(c("l_quantity").sum().alias("sum_qty"), c("l_extendedprice").sum().alias("sum_base_price"),
                 revenue().sum().alias("sum_disc_price"), (revenue() * (1 + c("l_tax"))).sum().alias("sum_charge"),
                 c("l_quantity").mean().alias("avg_qty"), c("l_extendedprice").mean().alias("avg_price"),
                 c("l_discount").mean().alias("avg_disc"), pl.len().alias("count_order"))
            .sort("l_returnflag", "l_linestatus"))


def q02(t: Tables, fraction: float) -> pl.LazyFrame:
    europe = (t["part"].filter((c("p_size") == 15) & c("p_type").str.ends_with("BRASS"))
              .join(t["partsupp"], left_on="p_partkey", right_on="ps_partkey")
              .join(t["supplier"], left_on="ps_suppkey", right_on="s_suppkey")
              .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
              .join(t["region"].filter(c("r_name") == "EUROPE"), left_on="n_regionkey", right_on="r_regionkey"))
    cheapest = europe.group_by("p_partkey").agg(c("ps_supplycost").min())
    return (europe.join(cheapest, on=["p_partkey", "ps_supplycost"])
            .select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
            .sort("s_acctbal", "n_name", "s_name", "p_partkey", descending=[True, False, False, False]).head(100))


def q03(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["customer"].filter(c("c_mktsegment") == "BUILDING")
            .join(t["orders"].filter(c("o_orderdate") < date(1995, 3, 15)), left_on="c_custkey", right_on="o_custkey")
            .join(t["lineitem"].filter(c("l_shipdate") > date(1995, 3, 15)), left_on="o_orderkey", right_on="l_orderkey")
            .group_by(c("o_orderkey").alias("l_orderkey"), "o_orderdate", "o_shippriority").agg(revenue().sum().alias("revenue"))
            .select("l_orderkey", "revenue", "o_orderdate", "o_shippriority")
            .sort("revenue", "o_orderdate", descending=[True, False]).head(10))


def q04(t: Tables, fraction: float) -> pl.LazyFrame:
    late = t["lineitem"].filter(c("l_commitdate") < c("l_receiptdate"))
    return (t["orders"].filter(c("o_orderdate").is_between(date(1993, 7, 1), date(1993, 10, 1), closed="left"))
            .join(late, left_on="o_orderkey", right_on="l_orderkey", how="semi")
            .group_by("o_orderpriority").agg(pl.len().alias("order_count")).sort("o_orderpriority"))


def q05(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["region"].filter(c("r_name") == "ASIA").join(t["nation"], left_on="r_regionkey", right_on="n_regionkey")
            .join(t["customer"], left_on="n_nationkey", right_on="c_nationkey")
            .join(t["orders"].filter(c("o_orderdate").is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left")), left_on="c_custkey", right_on="o_custkey")
            .join(t["lineitem"], left_on="o_orderkey", right_on="l_orderkey")
            .join(t["supplier"], left_on=["l_suppkey", "n_nationkey"], right_on=["s_suppkey", "s_nationkey"])
            .group_by("n_name").agg(revenue().sum().alias("revenue")).sort("revenue", descending=True))


def q06(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["lineitem"].filter(c("l_shipdate").is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left")
                                 & c("l_discount").is_between(0.05 - 1e-9, 0.07 + 1e-9) & (c("l_quantity") < 24))
            .select((c("l_extendedprice") * c("l_discount")).sum().alias("revenue")))


def q07(t: Tables, fraction: float) -> pl.LazyFrame:
    pair = t["nation"].filter(c("n_name").is_in(["FRANCE", "GERMANY"]))
    return (t["customer"].join(pair.rename({"n_name": "cust_nation"}), left_on="c_nationkey", right_on="n_nationkey")
            .join(t["orders"], left_on="c_custkey", right_on="o_custkey")
            .join(t["lineitem"].filter(c("l_shipdate").is_between(date(1995, 1, 1), date(1996, 12, 31))), left_on="o_orderkey", right_on="l_orderkey")
            .join(t["supplier"], left_on="l_suppkey", right_on="s_suppkey")
            .join(pair.rename({"n_name": "supp_nation"}), left_on="s_nationkey", right_on="n_nationkey")
            .filter(c("supp_nation") != c("cust_nation"))
            .group_by("supp_nation", "cust_nation", c("l_shipdate").dt.year().alias("l_year")).agg(revenue().sum().alias("revenue"))
            .sort("supp_nation", "cust_nation", "l_year"))


def q08(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["part"].filter(c("p_type") == "ECONOMY ANODIZED STEEL")
            .join(t["lineitem"], left_on="p_partkey", right_on="l_partkey")
            .join(t["orders"].filter(c("o_orderdate").is_between(date(1995, 1, 1), date(1996, 12, 31))), left_on="l_orderkey", right_on="o_orderkey")
            .join(t["customer"], left_on="o_custkey", right_on="c_custkey")
            .join(t["nation"].select("n_nationkey", "n_regionkey"), left_on="c_nationkey", right_on="n_nationkey")
            .join(t["region"].filter(c("r_name") == "AMERICA"), left_on="n_regionkey", right_on="r_regionkey")
            .join(t["supplier"], left_on="l_suppkey", right_on="s_suppkey")
            .join(t["nation"].select("n_nationkey", "n_name"), left_on="s_nationkey", right_on="n_nationkey")
            .group_by(c("o_orderdate").dt.year().alias("o_year"))
            .agg((pl.when(c("n_name") == "BRAZIL").then(revenue()).otherwise(0).sum() / revenue().sum()).alias("mkt_share"))
            .sort("o_year"))


def q09(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["part"].filter(c("p_name").str.contains("green", literal=True))
            .join(t["partsupp"], left_on="p_partkey", right_on="ps_partkey")
            .join(t["lineitem"], left_on=["p_partkey", "ps_suppkey"], right_on=["l_partkey", "l_suppkey"])
            .join(t["supplier"], left_on="ps_suppkey", right_on="s_suppkey")
            .join(t["orders"], left_on="l_orderkey", right_on="o_orderkey")
            .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
            .group_by(c("n_name").alias("nation"), c("o_orderdate").dt.year().alias("o_year"))
            .agg((revenue() - c("ps_supplycost") * c("l_quantity")).sum().alias("sum_profit"))
            .sort("nation", "o_year", descending=[False, True]))


def q10(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["customer"]
            .join(t["orders"].filter(c("o_orderdate").is_between(date(1993, 10, 1), date(1994, 1, 1), closed="left")), left_on="c_custkey", right_on="o_custkey")
            .join(t["lineitem"].filter(c("l_returnflag") == "R"), left_on="o_orderkey", right_on="l_orderkey")
            .join(t["nation"], left_on="c_nationkey", right_on="n_nationkey")
            .group_by("c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment").agg(revenue().sum().alias("revenue"))
            .select("c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment")
            .sort("revenue", descending=True).head(20))


def q11(t: Tables, fraction: float) -> pl.LazyFrame:
    german = (t["partsupp"].join(t["supplier"], left_on="ps_suppkey", right_on="s_suppkey")
              .join(t["nation"].filter(c("n_name") == "GERMANY"), left_on="s_nationkey", right_on="n_nationkey")
              .with_columns((c("ps_supplycost") * c("ps_availqty")).alias("value")))
    return (german.group_by("ps_partkey").agg(c("value").sum())
            .join(german.select((c("value").sum() * fraction).alias("least")), how="cross")
            .filter(c("value") > c("least")).select("ps_partkey", "value").sort("value", descending=True))


def q12(t: Tables, fraction: float) -> pl.LazyFrame:
    high = c("o_orderpriority").is_in(["1-URGENT", "2-HIGH"])
    return (t["lineitem"].filter(c("l_shipmode").is_in(["MAIL", "SHIP"]) & (c("l_commitdate") < c("l_receiptdate")) & (c("l_shipdate") < c("l_commitdate"))
                                 & c("l_receiptdate").is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left"))
            .join(t["orders"], left_on="l_orderkey", right_on="o_orderkey")
            .group_by("l_shipmode").agg(high.sum().alias("high_line_count"), (~high).sum().alias("low_line_count")).sort("l_shipmode"))


def q13(t: Tables, fraction: float) -> pl.LazyFrame:
    plain = t["orders"].filter(~c("o_comment").str.contains("special.*requests"))
    return (t["customer"].join(plain, left_on="c_custkey", right_on="o_custkey", how="left")
            .group_by("c_custkey").agg(c("o_orderkey").count().alias("c_count"))
            .group_by("c_count").agg(pl.len().alias("custdist")).sort("custdist", "c_count", descending=True))


def q14(t: Tables, fraction: float) -> pl.LazyFrame:
    return (t["lineitem"].filter(c("l_shipdate").is_between(date(1995, 9, 1), date(1995, 10, 1), closed="left"))
            .join(t["part"], left_on="l_partkey", right_on="p_partkey")
            .select((100 * pl.when(c("p_type").str.starts_with("PROMO")).then(revenue()).otherwise(0).sum() / revenue().sum()).alias("promo_revenue")))


def q15(t: Tables, fraction: float) -> pl.LazyFrame:
    totals = (t["lineitem"].filter(c("l_shipdate").is_between(date(1996, 1, 1), date(1996, 4, 1), closed="left"))
              .group_by("l_suppkey").agg(revenue().sum().round(4).alias("total_revenue")))
    return (t["supplier"].join(totals, left_on="s_suppkey", right_on="l_suppkey")
            .filter(c("total_revenue") == c("total_revenue").max())
            .select("s_suppkey", "s_name", "s_address", "s_phone", "total_revenue").sort("s_suppkey"))


def q16(t: Tables, fraction: float) -> pl.LazyFrame:
    complaints = t["supplier"].filter(c("s_comment").str.contains("Customer.*Complaints"))
    return (t["part"].filter((c("p_brand") != "Brand#45") & ~c("p_type").str.starts_with("MEDIUM POLISHED") & c("p_size").is_in([49, 14, 23, 45, 19, 3, 36, 9]))
            .join(t["partsupp"], left_on="p_partkey", right_on="ps_partkey")
            .join(complaints, left_on="ps_suppkey", right_on="s_suppkey", how="anti")
            .group_by("p_brand", "p_type", "p_size").agg(c("ps_suppkey").n_unique().alias("supplier_cnt"))
            .sort("supplier_cnt", "p_brand", "p_type", "p_size", descending=[True, False, False, False]))


def q17(t: Tables, fraction: float) -> pl.LazyFrame:
    lines = (t["part"].filter((c("p_brand") == "Brand#23") & (c("p_container") == "MED BOX"))
             .join(t["lineitem"], left_on="p_partkey", right_on="l_partkey"))
    few = lines.group_by("p_partkey").agg((0.2 * c("l_quantity").mean()).alias("few"))
    return (lines.join(few, on="p_partkey").filter(c("l_quantity") < c("few"))
            .select((c("l_extendedprice").sum() / 7).alias("avg_yearly")))


def q18(t: Tables, fraction: float) -> pl.LazyFrame:
    large = t["lineitem"].group_by("l_orderkey").agg(c("l_quantity").sum().alias("sum_qty")).filter(c("sum_qty") > 300)
    return (t["orders"].join(large, left_on="o_orderkey", right_on="l_orderkey")
            .join(t["customer"], left_on="o_custkey", right_on="c_custkey")
            .select("c_name", c("o_custkey").alias("c_custkey"), "o_orderkey", "o_orderdate", "o_totalprice", "sum_qty")
            .sort("o_totalprice", "o_orderdate", descending=[True, False]).head(100))


def q19(t: Tables, fraction: float) -> pl.LazyFrame:
    def kind(brand, containers, quantity, size):
        return ((c("p_brand") == brand) & c("p_container").is_in(containers)
                & c("l_quantity").is_between(quantity, quantity + 10) & c("p_size").is_between(1, size))
    return (t["lineitem"].filter(c("l_shipmode").is_in(["AIR", "AIR REG"]) & (c("l_shipinstruct") == "DELIVER IN PERSON"))
            .join(t["part"], left_on="l_partkey", right_on="p_partkey")
            .filter(kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
                    | kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10)
                    | kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15))
            .select(revenue().sum().alias("revenue")))


def q20(t: Tables, fraction: float) -> pl.LazyFrame:
    shipped = (t["lineitem"].filter(c("l_shipdate").is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left"))
               .group_by("l_partkey", "l_suppkey").agg((0.5 * c("l_quantity").sum()).alias("half")))
    excess = (t["partsupp"].join(t["part"].filter(c("p_name").str.starts_with("forest")), left_on="ps_partkey", right_on="p_partkey", how="semi")
              .join(shipped, left_on=["ps_partkey", "ps_suppkey"], right_on=["l_partkey", "l_suppkey"])
              .filter(c("ps_availqty") > c("half")))
    return (t["supplier"].join(t["nation"].filter(c("n_name") == "CANADA"), left_on="s_nationkey", right_on="n_nationkey")
            .join(excess, left_on="s_suppkey", right_on="ps_suppkey", how="semi").select("s_name", "s_address").sort("s_name"))


def q21(t: Tables, fraction: float) -> pl.LazyFrame:
    late = t["lineitem"].filter(c("l_receiptdate") > c("l_commitdate"))
    several = t["lineitem"].group_by("l_orderkey").agg(c("l_suppkey").n_unique().alias("n")).filter(c("n") > 1)
    one_late = late.group_by("l_orderkey").agg(c("l_suppkey").n_unique().alias("n")).filter(c("n") == 1)
    return (late.join(several, on="l_orderkey", how="semi").join(one_late, on="l_orderkey", how="semi")
            .join(t["supplier"], left_on="l_suppkey", right_on="s_suppkey")
            .join(t["nation"].filter(c("n_name") == "SAUDI ARABIA"), left_on="s_nationkey", right_on="n_nationkey")
            .join(t["orders"].filter(c("o_orderstatus") == "F"), left_on="l_orderkey", right_on="o_orderkey")
            .group_by("s_name").agg(pl.len().alias("numwait")).sort("numwait", "s_name", descending=[True, False]).head(100))


def q22(t: Tables, fraction: float) -> pl.LazyFrame:
    chosen = (t["customer"].with_columns(c("c_phone").str.slice(0, 2).alias("cntrycode"))
              .filter(c("cntrycode").is_in(["13", "31", "23", "29", "30", "18", "17"])))
    mean = chosen.filter(c("c_acctbal") > 0).select(c("c_acctbal").mean().alias("mean"))
    return (chosen.join(mean, how="cross").filter(c("c_acctbal") > c("mean"))
            .join(t["orders"], left_on="c_custkey", right_on="o_custkey", how="anti")
            .group_by("cntrycode").agg(pl.len().alias("numcust"), c("c_acctbal").sum().alias("totacctbal")).sort("cntrycode"))


TPCH: dict[str, Callable[[Tables, Any], pl.LazyFrame]] = {
    f"tpch {query.__name__}": query
    for query in (
        q01, q02, q03, q04, q05, q06, q07, q08,
        q09, q10, q11, q12, q13, q14, q15, q16,
        q17, q18, q19, q20, q21, q22,
    )
}
