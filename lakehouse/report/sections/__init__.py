"""The sections of the report, one module each: a new one is a module and a name here."""

from lakehouse.report.section import Section
from lakehouse.report.sections.baskets import Basket
from lakehouse.report.sections.brands import Brands
from lakehouse.report.sections.breakdown import Breakdown
from lakehouse.report.sections.conversion import Conversions
from lakehouse.report.sections.customers import Concentration
from lakehouse.report.sections.funnel import Funnel
from lakehouse.report.sections.history import History
from lakehouse.report.sections.prices import Prices
from lakehouse.report.sections.products import Products
from lakehouse.report.sections.segments import Segments

# In the order of the report.
SECTIONS: tuple[type[Section], ...] = (
    *(Concentration, History, Breakdown, Products, Brands),
    *(Funnel, Conversions, Prices, Segments, Basket),
)
