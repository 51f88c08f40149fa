# LibTorch as one imported target, made from the wheel's folder: find_package(Torch) would ask for the CUDA toolkit.
set(torch_lib "${LIBTORCH_DIR}/torch/lib")
if(NOT EXISTS "${torch_lib}/libtorch_cpu.so")
    message(FATAL_ERROR "LIBTORCH_DIR=${LIBTORCH_DIR} holds no torch/lib/libtorch_cpu.so; app/run puts it there")
endif()
add_library(libtorch INTERFACE IMPORTED)
target_include_directories(libtorch SYSTEM INTERFACE
    "${LIBTORCH_DIR}/torch/include" "${LIBTORCH_DIR}/torch/include/torch/csrc/api/include")
target_compile_definitions(libtorch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
target_link_libraries(libtorch INTERFACE "${torch_lib}/libtorch_cpu.so" "${torch_lib}/libc10.so")
# CMake itself gives a build the way to the libraries that are named by their full path; an installed program has its own.
target_link_options(libtorch INTERFACE "-Wl,-rpath-link,${torch_lib}")
# at::parallel_for is a template: without OpenMP here, our loops would run on one thread. Torch brings the runtime,
# and a second one beside it would halve the speed of both.
file(GLOB torch_openmp "${torch_lib}/libgomp*.so*")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND torch_openmp)
    target_compile_options(libtorch INTERFACE -fopenmp)
    target_link_libraries(libtorch INTERFACE ${torch_openmp})
else()
    find_package(OpenMP REQUIRED COMPONENTS CXX)
    target_link_libraries(libtorch INTERFACE OpenMP::OpenMP_CXX)
endif()
# A machine without an NVIDIA GPU gets the wheel alone; NVIDIA's two small libraries that libtorch_cpu still
# wants lie beside it and are found by these folders.
file(GLOB nvidia_libs "${LIBTORCH_DIR}/nvidia/*/lib")
list(APPEND CMAKE_BUILD_RPATH ${nvidia_libs})
foreach(folder IN LISTS nvidia_libs)
    target_link_options(libtorch INTERFACE "-Wl,-rpath-link,${folder}")
endforeach()
set(LORA_CUDA AUTO CACHE STRING "Link the CUDA part of LibTorch: AUTO (where its NVIDIA libraries are), ON, OFF")
if(LORA_CUDA STREQUAL "AUTO")
    file(GLOB cublas "${LIBTORCH_DIR}/nvidia/*/lib/libcublas.so*")
    if(EXISTS "${torch_lib}/libtorch_cuda.so" AND cublas)
        set(lora_cuda ON)
    else()
        set(lora_cuda OFF)
    endif()
else()
    set(lora_cuda ${LORA_CUDA})
endif()
if(lora_cuda)
    # Nothing refers to these two by symbol, so the linker would drop them and no GPU would ever be seen.
    target_link_libraries(libtorch INTERFACE
        "-Wl,--no-as-needed" "${torch_lib}/libtorch_cuda.so" "${torch_lib}/libc10_cuda.so" "-Wl,--as-needed")
endif()
