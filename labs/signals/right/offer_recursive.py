# Each call has its own pieces.
def total(basket):
    def rest(prices, dearest):
        if not prices:
            return dearest // 2
        first, others = prices[0], prices[1:]
        return min(first, dearest) + rest(others, max(first, dearest))
    return rest(tuple(basket), 0)
