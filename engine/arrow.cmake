# Arrow C++ and its Parquet as one imported target, made from the folder of PyPI's pyarrow wheel: of the wheel's
# libraries libparquet needs libarrow, and that nothing else.
set(arrow_lib "${ARROW_DIR}/pyarrow")
file(GLOB arrow_libraries "${arrow_lib}/libparquet.so.*" "${arrow_lib}/libarrow.so.*")
list(LENGTH arrow_libraries arrow_count)
if(NOT arrow_count EQUAL 2)
    message(FATAL_ERROR
        "ARROW_DIR=${ARROW_DIR} holds no pyarrow/libparquet.so.* with its pyarrow/libarrow.so.*; app/run puts them there")
endif()
add_library(libarrow INTERFACE IMPORTED)
target_include_directories(libarrow SYSTEM INTERFACE "${arrow_lib}/include")
target_link_libraries(libarrow INTERFACE ${arrow_libraries})
