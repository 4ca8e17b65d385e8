"""What holds for every shop: headers, the same bytes again, atomic files, clear refusals."""

import csv
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from lakehouse.generate import RESCUED_ROWS, SHOPS, GeneratedFile, generate, rees46
from lakehouse.generate.plan import ShopPlan
from lakehouse.generate.texts import Lines
from lakehouse.generate.write import write_shop

Sample = tuple[Path, list[GeneratedFile]]

HEADERS = {
    "online_retail/online_retail_II.csv": (
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
    ),
    "rees46/2019-Oct.csv": (
        "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,"
        "user_session"
    ),
    "rees46/2019-Nov.csv": (
        "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,"
        "user_session"
    ),
    "thelook/distribution_centers.csv": "id,name,latitude,longitude",
    "thelook/products.csv": (
        "id,cost,category,name,brand,retail_price,department,sku,distribution_center_id"
    ),
    "thelook/users.csv": (
        "id,first_name,last_name,email,age,gender,state,street_address,postal_code,city,country,"
        "latitude,longitude,traffic_source,created_at,user_geom"
    ),
    "thelook/orders.csv": (
        "order_id,user_id,status,gender,created_at,returned_at,shipped_at,delivered_at,num_of_item"
    ),
    "thelook/order_items.csv": (
        "id,order_id,user_id,product_id,inventory_item_id,status,created_at,shipped_at,"
        "delivered_at,returned_at,sale_price"
    ),
    "thelook/inventory_items.csv": (
        "id,product_id,created_at,sold_at,cost,product_category,product_name,product_brand,"
        "product_retail_price,product_department,product_sku,product_distribution_center_id"
    ),
    "thelook/events.csv": (
        "id,user_id,sequence_number,session_id,created_at,ip_address,city,state,postal_code,"
        "browser,traffic_source,uri,event_type"
    ),
    "shopping_trends/shopping_trends_updated.csv": (
        "Customer ID,Age,Gender,Item Purchased,Category,Purchase Amount (USD),Location,Size,Color,"
        "Season,Review Rating,Subscription Status,Shipping Type,Discount Applied,Promo Code Used,"
        "Previous Purchases,Payment Method,Frequency of Purchases"
    ),
    "shopify/orders_export_1.csv": (
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
        "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
        "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
        "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
        "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
        "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,"
        "Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,"
        "Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,"
        "Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,"
        "Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
        "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,"
        "Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,"
        "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,"
        "Next Payment Due At,Payment References"
    ),
    "shopify/products_export_1.csv": (
        "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
        "Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,"
        "Variant Grams,Variant Inventory Tracker,Variant Inventory Policy,"
        "Variant Fulfillment Service,Variant Price,Variant Compare At Price,"
        "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,"
        "Image Alt Text,Gift Card,SEO Title,SEO Description,Variant Image,Variant Weight Unit,"
        "Variant Tax Code,Cost per item,Status"
    ),
    "shopify/customers_export.csv": (
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,"
        "Default Address Company,Default Address Address1,Default Address Address2,"
        "Default Address City,Default Address Province Code,Default Address Country Code,"
        "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,"
        "Total Orders,Note,Tax Exempt,Tags"
    ),
}


def digests(out: Path) -> dict[str, str]:
    """Return the digest of every file under a folder."""
    return {
        str(path.relative_to(out)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_files_have_the_headers_of_the_real_ones(sample: Sample) -> None:
    out, files = sample
    assert {str(file.path.relative_to(out)) for file in files} == set(HEADERS)
    for name, header in HEADERS.items():
        with (out / name).open(encoding="utf-8", newline="") as lines:
            assert lines.readline().rstrip("\r\n") == header


def test_counts_and_sizes_are_those_of_the_files(sample: Sample) -> None:
    for file in sample[1]:
        assert file.bytes == file.path.stat().st_size
        with file.path.open(encoding="utf-8", newline="") as lines:
            assert file.rows == sum(1 for _ in csv.reader(lines)) - 1


def test_scale_one_is_the_size_of_the_demo(sample: Sample) -> None:
    rows = {file.path.name: file.rows for file in sample[1]}
    assert 40_000 <= rows["online_retail_II.csv"] <= 60_000
    assert rows["2019-Oct.csv"] + rows["2019-Nov.csv"] == 165_000
    assert rows["users.csv"] == 4_000
    assert rows["orders.csv"] == 6_000
    assert rows["order_items.csv"] == 8_700
    assert 20_000 <= rows["inventory_items.csv"] <= 27_000
    assert 85_000 <= rows["events.csv"] <= 115_000
    assert rows["distribution_centers.csv"] == 10
    assert rows["shopping_trends_updated.csv"] == 3_900


def test_rescued_rows_are_as_many_as_documented(sample: Sample) -> None:
    for file in sample[1]:
        shop = file.path.parent.name
        expected = RESCUED_ROWS[shop].get(file.path.name, 0)
        with file.path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            width = len(next(reader))
            bad = sum(1 for row in reader if len(row) != width or is_out_of_form(row))
        assert bad == expected, file.path.name
        assert bad <= 0.0005 * file.rows


def is_out_of_form(row: list[str]) -> bool:
    """Tell an amount with its currency or a number in words, the two kinds that are planted."""
    is_money = any(cell[:1] in "$£" and cell[1:2].isdigit() for cell in row)
    return is_money or not {"one", "two"}.isdisjoint(row)


@pytest.mark.parametrize("shop", SHOPS)
def test_same_seed_same_bytes_however_it_is_run(shop: str, tmp_path: Path) -> None:
    together, alone = tmp_path / "together", tmp_path / "alone"
    rows = 450_000 if shop == "rees46" else None
    generate(together, [shop, *(s for s in SHOPS if s != shop)][:2], 0.2, rees46_rows=rows)
    generate(alone, [shop], 0.2, rees46_rows=rows, workers=1)
    assert digests(together / shop) == digests(alone / shop)
    generate(alone, [shop], 0.2, seed=43, rees46_rows=rows, workers=3)
    assert digests(together / shop) != digests(alone / shop)


def test_small_scales_work(tmp_path: Path) -> None:
    files = generate(tmp_path, SHOPS, 0.001)
    assert all(file.rows > 0 for file in files)
    assert sum(file.rows for file in generate(tmp_path, ["rees46"], rees46_rows=2)) == 2


def test_the_clickstream_can_be_asked_for_by_rows_and_bytes(tmp_path: Path) -> None:
    rows = rees46.rows_for_bytes(20_000_000)
    files = generate(tmp_path, ["rees46"], rees46_rows=rows)
    assert sum(file.rows for file in files) == rows
    assert sum(file.bytes for file in files) == pytest.approx(20_000_000, rel=0.03)


def test_progress_ends_at_what_was_written(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    files = generate(
        tmp_path,
        ["rees46"],
        progress=lambda shop, done, total: calls.append((shop, done, total)),
        rees46_rows=500_000,
    )
    assert len(calls) > 2
    assert [done for _, done, _ in calls] == sorted(done for _, done, _ in calls)
    assert calls[-1] == ("rees46", sum(file.rows for file in files), 500_000)


def test_nothing_is_left_over(sample: Sample) -> None:
    out, files = sample
    assert {path for path in out.rglob("*") if path.is_file()} == {file.path for file in files}


def test_a_failure_leaves_the_old_files_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old\n")

    def good() -> dict[str, Lines]:
        return {"a.csv": Lines(1, b"new\n", b"x\n")}

    def bad() -> dict[str, Lines]:
        raise OSError("no space left on device")

    plan = ShopPlan("shop", {"a.csv": 3}, [good, bad, good])
    for workers in (1, 2):
        with pytest.raises(OSError, match="no space"):
            write_shop(plan, tmp_path, workers, None)
        assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
        assert (tmp_path / "a.csv").read_text() == "old\n"


def test_what_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no such shop to generate: nowhere; there are .*rees46"):
        generate(tmp_path, ["rees46", "nowhere"])
    with pytest.raises(ValueError, match="scale"):
        generate(tmp_path, ["rees46"], scale=0)
    with pytest.raises(ValueError, match="seed"):
        generate(tmp_path, ["rees46"], seed=-1)
    with pytest.raises(ValueError, match="at least 2 rows"):
        generate(tmp_path, ["rees46"], rees46_rows=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows() -> None:
    def peak(rows: int) -> int:
        code = (
            "import json, resource, sys, tempfile; from pathlib import Path;"
            "from lakehouse.generate import generate;"
            "folder = tempfile.TemporaryDirectory();"
            f"generate(Path(folder.name), ['rees46'], rees46_rows={rows}, workers=2);"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        root = Path(__file__).resolve().parents[3]
        run = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=root
        )
        return int(json.loads(run.stdout)) * 1024

    small, large = peak(800_000), peak(3_200_000)
    # 2.4 million more rows are 320 MB of text; a tenth of that is what catalogues may take.
    assert large < small * 1.25
