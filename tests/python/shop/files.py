"""Files of two shops that nobody has modelled: a folder of tables, and one flat export."""

from __future__ import annotations

from pathlib import Path

CORNER = {
    "orders_2024.csv": """\
Order ID,Customer,Order Date,Status,Currency,Shipping Country,Tax
1001,C-1,31/01/2024 10:05,paid,EUR,Germany,"1,50"
1002,C-2,02/02/2024 11:00,paid,EUR,France,"0,50"
1003,C-1,05/02/2024 09:30,cancelled,USD,Germany,"2,00"
""",
    "order_items_2024.csv": """\
id,order_id,sku,quantity,price
1,1001,A1,2,10.00
2,1001,B2,1,5.50
3,1002,A1,1,10.00
4,1003,C3,1,7.25
5,1002,A1,-1,10.00
""",
    "products.csv": """\
SKU,Title,Vendor,Product Type,Price,Cost per item
A1,Red mug,Acme,Mugs,10.00,4.00
B2,"Tea, green",Acme,Tea,5.50,2.00
""",
    "customers.csv": """\
customer_id,email,city,country,age,created_at
C-1,a@x.org,Berlin,Germany,34,2023-05-01
C-2,b@x.org,Paris,France,,2023-06-01
""",
    "events.csv": """\
event_time,user_id,session,event_name,product_id,price
2024-01-31 10:00:00,C-1,s1,Product View,A1,10.00
2024-01-31 10:05:00,C-1,s1,Purchase,A1,10.00
2024-01-31 10:06:00,C-1,,Login,,
""",
}
# An order's own columns are blank on all rows but its first; `Id` is the order's, not the line's.
KIOSK = {
    "orders_export_1.csv": """\
Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,\
Lineitem sku,Id
#1001,a@x.org,paid,USD,2024-01-31 10:05:00 -0500,2,Red mug,10.00,A1,4507
#1001,,,,,1,Green tea,5.50,,
#1002,b@x.org,paid,EUR,2024-02-01 09:00:00 -0500,1,Red mug,10.00,A1,4508
""",
}


def write_files(folder: Path, files: dict[str, str]) -> list[Path]:
    """Writes files into a folder, and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]
