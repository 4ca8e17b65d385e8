"""Small files of the shops, as the tests of the loader write them."""

from __future__ import annotations

from pathlib import Path

LINES_HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
EVENTS_HEADER = (
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"
)
PURCHASES_HEADER = (
    "Customer ID,Age,Gender,Item Purchased,Category,Purchase Amount (USD),Location,Size,Color,"
    "Season,Review Rating,Subscription Status,Shipping Type,Discount Applied,Promo Code Used,"
    "Previous Purchases,Payment Method,Frequency of Purchases"
)


def line(
    invoice: str = "489434",
    stock_code: str = "85048",
    description: str = "LIGHTS",
    quantity: str = "12",
    invoice_at: str = "2009-12-01 07:45:00",
    unit_price: str = "6.95",
    customer_id: str = "13085.0",
    country: str = "United Kingdom",
) -> str:
    """One invoice line as CSV; arguments are the raw text of its cells."""
    cells = (invoice, stock_code, description, quantity)
    return ",".join((*cells, invoice_at, unit_price, customer_id, country))


def event(event_at: str = "2019-10-01 00:00:00 UTC", kind: str = "view", user_id: str = "7") -> str:
    """One event of the clickstream as CSV."""
    return f"{event_at},{kind},44600062,2103807459595387724,,shiseido,35.79,{user_id},72d76fde"


def purchase(age: str = "55", amount: str = "53", customer_id: str = "1") -> str:
    """One purchase of shopping_trends as CSV."""
    return (
        f"{customer_id},{age},Male,Blouse,Clothing,{amount},Kentucky,L,Gray,Winter,3.1,Yes,Express,"
        "Yes,Yes,14,Venmo,Fortnightly"
    )


def csv_text(header: str, *rows: str) -> str:
    """A CSV file's text."""
    return "\n".join((header, *rows, ""))


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Writes a file and the folders it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path
