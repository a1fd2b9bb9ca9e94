"""
What a rule may say: every function, table function and part of a query that is let through.

A list of what is allowed, because what is forbidden has no end: an engine's next
release brings functions nobody has thought of. Left out on purpose is whatever

- touches files, the network, settings, secrets, logs, the catalogue or the session;
- runs a text as SQL, or calls a function by a name in a text;
- answers differently on the same table: random numbers, samples, sketches.

The clock is let in, since rules compare dates with today.
"""


def names(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


PARTS = names("""
    SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE
    BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY
    ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER
    ORDER_DEFAULT ASCENDING DESCENDING
""")

EXPRESSIONS = names("""
    BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA
    OPERATOR POSITIONAL_REFERENCE STAR SUBQUERY TYPE WINDOW
""")

ROW_EXPRESSIONS = EXPRESSIONS - {"POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "WINDOW"}

COUNTS = frozenset({"count", "count_star", "count_if", "countif"})

ARITHMETIC = names("""
    + - * / // % @ abs add ceil ceiling divide floor greatest least mod multiply round subtract
    trunc
""")

AGGREGATES = COUNTS | names("""
    any_value arbitrary arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null
    arg_min_nulls_last argmax argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr
    covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat histogram
    kahan_sum kurtosis kurtosis_pop last list listagg mad max max_by mean median min min_by
    mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop
    stddev_samp string_agg sum sumkahan var_pop var_samp variance
""")

WINDOWS = names("""
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    rank_dense row_number
""")

TABLES = frozenset({"generate_series", "range", "unnest"})

_SYMBOLS = names("""
    !~~ !~~* & && ** ->> << <@ >> @> ^ ^@ | || ~ ~~ ~~* ~~~ !
""")

_TEXTS = names("""
    array_to_string ascii bar base64 bin bit_length char_length character_length chr concat
    concat_ws contains damerau_levenshtein editdist3 ends_with format from_base64 from_hex
    hamming hex ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity lcase left
    left_grapheme len length length_grapheme levenshtein like_escape lower lpad ltrim md5
    mismatches nfc_normalize not_ilike_escape not_like_escape octet_length ord overlay position
    prefix printf regexp_escape regexp_extract regexp_extract_all regexp_full_match
    regexp_matches regexp_replace regexp_split_to_array repeat replace reverse right
    right_grapheme rpad rtrim sha1 sha256 split split_part starts_with str_split
    str_split_regex string_split string_split_regex string_to_array strip_accents strlen strpos
    substr substring substring_grapheme suffix to_base64 to_hex translate trim ucase unhex
    unicode upper url_decode url_encode
""")

_NUMBERS = ARITHMETIC | names("""
    acos acosh asin asinh atan atan2 atanh bit_count cbrt cos cosh cot degrees even exp
    factorial fdiv fmod gamma gcd greatest_common_divisor isfinite isinf isnan lcm
    least_common_multiple lgamma ln log log10 log2 nextafter pi pow power radians round_even
    roundbankers sign signbit sin sinh sqrt tan tanh xor
""")

_TIMES = names("""
    age ago century current_date current_localtime current_localtimestamp date_add date_diff
    date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth
    dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era
    get_current_time get_current_timestamp hour isodow isoyear julian last_day make_date
    make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz microsecond
    millennium millisecond minute month monthname nanosecond now quarter second strftime
    strptime time_bucket timezone timezone_hour timezone_minute to_centuries to_days to_decades
    to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters
    to_seconds to_timestamp to_weeks to_years today transaction_timestamp try_strptime week
    weekday weekofyear year yearweek
""")

_NESTED = names("""
    array_append array_apply array_cat array_concat array_contains array_distinct array_extract
    array_filter array_has array_has_all array_has_any array_indexof array_intersect
    array_length array_pop_back array_pop_front array_position array_prepend array_reduce
    array_reverse array_reverse_sort array_slice array_sort array_transform array_unique
    array_value array_where array_zip cardinality element_at flatten generate_series
    json_array_length json_contains json_exists json_extract json_extract_path
    json_extract_path_text json_extract_string json_keys json_type json_valid json_value
    list_any_value list_append list_apply list_avg list_bool_and list_bool_or list_cat
    list_concat list_contains list_count list_distinct list_element list_extract list_filter
    list_first list_has list_has_all list_has_any list_indexof list_intersect list_last
    list_max list_median list_min list_mode list_pack list_position list_prepend list_product
    list_reduce list_resize list_reverse list_reverse_sort list_slice list_sort list_stddev_pop
    list_stddev_samp list_string_agg list_sum list_transform list_unique list_value list_where
    list_zip map map_concat map_contains map_entries map_extract map_extract_value
    map_from_entries map_keys map_values range row struct_extract struct_extract_at struct_keys
    struct_pack struct_values
""")

_CHOICES = names("""
    constant_or_null if nullif typeof
""")

SCALARS = _SYMBOLS | _TEXTS | _NUMBERS | _TIMES | _NESTED | _CHOICES

CLOCK = names("""
    current_date current_time current_timestamp localtime localtimestamp today now
""")
