"""The sections of the report, one module each: a new one is a module and a name here."""

from lakehouse.report.section import Section
from lakehouse.report.sections.ages import Ages
from lakehouse.report.sections.assortment import Assortment
from lakehouse.report.sections.baskets import Basket
from lakehouse.report.sections.brand_engagement import BrandEngagement
from lakehouse.report.sections.brands import Brands
from lakehouse.report.sections.breakdown import Breakdown
from lakehouse.report.sections.bridge import Bridge
from lakehouse.report.sections.center_categories import CategoryStocks
from lakehouse.report.sections.centers import CenterStocks
from lakehouse.report.sections.cohorts import Cohorts
from lakehouse.report.sections.conversion import Conversions
from lakehouse.report.sections.correlation import Correlation
from lakehouse.report.sections.customers import Concentration
from lakehouse.report.sections.demographics import Demographics
from lakehouse.report.sections.elasticity import Elasticities
from lakehouse.report.sections.engaged import EngagedCustomers
from lakehouse.report.sections.engagement import Engagement
from lakehouse.report.sections.fulfilment import Fulfilment
from lakehouse.report.sections.funnel import Funnel
from lakehouse.report.sections.history import History
from lakehouse.report.sections.pairs import SalesPairs
from lakehouse.report.sections.payments import Payments
from lakehouse.report.sections.peaks import Peaks
from lakehouse.report.sections.prices import Prices
from lakehouse.report.sections.product_conversion import ProductConversions
from lakehouse.report.sections.products import Products
from lakehouse.report.sections.promotions import Promotions
from lakehouse.report.sections.seasons import SeasonalItems
from lakehouse.report.sections.segment_history import SegmentHistory
from lakehouse.report.sections.segments import Segments
from lakehouse.report.sections.shipping import Shipping
from lakehouse.report.sections.sizes import OrderSizes
from lakehouse.report.sections.stock import Stock
from lakehouse.report.sections.subscriptions import Subscriptions
from lakehouse.report.sections.years import Years

# In the order of the report: sales, what is sold, visits, customers, orders, and their supply.
SECTIONS: tuple[type[Section], ...] = (
    *(Concentration, History, Years, Peaks, Bridge),
    *(Breakdown, SalesPairs, Assortment, SeasonalItems, Products, Brands),
    *(Funnel, Conversions, ProductConversions, Prices, Elasticities),
    *(Engagement, BrandEngagement, EngagedCustomers),
    *(Demographics, Ages, Segments, SegmentHistory, OrderSizes, Cohorts),
    *(Basket, Correlation, Promotions, Payments, Subscriptions),
    *(Shipping, Fulfilment, Stock, CenterStocks, CategoryStocks),
)
